"""The report of a run, or of several: one self-contained HTML file that reads nothing but run folders."""

from teni.report.build import build_report as build_report
from teni.report.several import build_comparison as build_comparison
