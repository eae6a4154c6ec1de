"""The most memory that a step took, of a process that did other things before."""

import resource
from pathlib import Path

_STATUS = Path("/proc/self/status")


def reset_peak() -> None:
    """Forget the highest memory so far, where the system can (Linux): what follows is measured by itself.

    >>> reset_peak()
    """
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return  # not Linux, or not allowed: the peak is then that of the whole process


def peak_mb() -> float:
    """Return the most memory held since `reset_peak`, in MB.

    >>> peak_mb() > 1
    True
    """
    try:
        lines = _STATUS.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
