"""Log lines on stdout, each job's below its name."""

from __future__ import annotations

from dataclasses import dataclass, field

from console.backend.errors import BackendError
from console.cli.format import Format
from console.cli.job_logs import LogPiece, unreadable
from console.cli.output import Output
from console.present.clean import clean


@dataclass(slots=True)
class LogPrinter:
    """Prints log lines; a heading says whose they are where there is more than one job."""

    output: Output
    has_headings: bool = True
    last: str = ""
    """The job whose line was printed last."""
    failures: list[BackendError] = field(default_factory=list)

    def print(self, piece: LogPiece) -> None:
        """Print one line, or say on stderr that a log cannot be read."""
        if piece.error is not None:
            self.failures.append(piece.error)
            self.output.warn(unreadable(piece.job, piece.error))
            return
        is_new = self.last != piece.job.id
        is_first, self.last = not self.last, piece.job.id
        if self.output.format is not Format.TEXT:
            self._print_document(piece)
            return
        if self.has_headings and is_new:
            if not is_first:
                self.output.line()
            self.output.line(f"==> {clean(piece.job.stacked_name)} <==")
        stamp = f"{piece.time} " if piece.time else ""
        self.output.line(stamp + clean(piece.text))

    def _print_document(self, piece: LogPiece) -> None:
        job = piece.job
        self.output.document(
            {
                "stackedJobName": job.stacked_name,
                "id": job.id,
                "executionId": job.function_execution_id,
                "time": piece.time,
                "line": piece.text,
            }
        )
