"""The mail to the customer."""

from __future__ import annotations

import smtplib
from email.headerregistry import Address
from email.message import EmailMessage

from workflows.models import Notification

from console.workflow import JobContext, create_workflow_job

SENDER = Address("The shop", "orders", "shop.example")
PATIENCE = 10
"""Seconds to wait for the mail server."""


class MailServerError(Exception):
    """The mail server was not reached, or did not take the mail."""


@create_workflow_job(name="send-notification")
def send_notification(input: Notification, context: JobContext) -> None:
    """Hand the mail over to the server named in the project's `[env]`."""
    server = context.env["SMTP_SERVER"]
    host, _, port = server.rpartition(":")
    print(f"connecting to {server}")
    try:
        with smtplib.SMTP(host, int(port), timeout=PATIENCE) as smtp:
            smtp.send_message(mail(input))
    except smtplib.SMTPResponseException as refusal:
        answer = f"{refusal.smtp_code} {text(refusal.smtp_error)}"
        print(answer)
        raise MailServerError(answer) from refusal
    except smtplib.SMTPException as error:
        raise MailServerError(str(error)) from error
    except OSError as error:
        print(f"no answer: {error}")
        raise MailServerError(
            f"nobody listens at {server}: `python mail_sink.py` does ({error})"
        ) from error
    print(f"sent to {input.recipient}")


def mail(note: Notification) -> EmailMessage:
    """Write the mail; its id is the order's, so a reader can tell a second copy."""
    user, _, domain = note.recipient.partition("@")
    message = EmailMessage()
    message["From"] = SENDER
    message["To"] = Address(note.name, user, domain)
    message["Subject"] = note.message
    message["Message-ID"] = f"<{note.order_id}@shop.example>"
    message.set_content(f"Dear {note.name},\n\n{note.message}.\n")
    return message


def text(answer: bytes | str) -> str:
    """Read a server's answer."""
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
