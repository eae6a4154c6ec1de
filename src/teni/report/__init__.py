"""The report of a run: one self-contained HTML file that reads nothing but the run folder."""

from teni.report.build import build_report as build_report
