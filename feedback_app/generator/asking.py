"""The job that asks for an answer, apart from the other jobs: what it needs is slow to load."""

from uuid import UUID

from feedback_app.generator import endpoint, prompt
from feedback_app.services import written_answers
from traces_app.work.registry import JobRun, TryAgain


def write_answer(job_run: JobRun) -> None:
    """Ask the generator for one answer, in no transaction, and take in what it wrote."""
    generation_id = UUID(job_run.payload["generation"])
    judged = written_answers.question(generation_id=generation_id)
    try:
        text = endpoint.ask(prompt.messages(judged)) if judged else ""
    except endpoint.Unable as unable:
        reason = f"The generator wrote no answer. {unable}"
        if not unable.is_final and not job_run.is_last:
            raise TryAgain(reason, unable.after) from None
        written_answers.give_up(generation_id=generation_id, reason=reason, done=job_run.finish)
    else:
        written_answers.settle(generation_id=generation_id, text=text, done=job_run.finish)
