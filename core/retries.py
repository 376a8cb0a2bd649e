"""How long a job goes on trying when the other side is away."""

import procrastinate
from procrastinate import jobs

LONGEST_WAIT = 3600


class Patient(procrastinate.BaseRetryStrategy):
    """Try after 5, 10, 20 … seconds, then hourly, for about three days; only for these errors.

    Three days is how long Stripe itself repeats a webhook.
    """

    def __init__(self, *errors: type[Exception], tries: int = 80) -> None:
        self.errors, self.tries = errors, tries

    def get_retry_decision(
        self, *, exception: BaseException, job: jobs.Job
    ) -> procrastinate.RetryDecision | None:
        if not isinstance(exception, self.errors) or job.attempts >= self.tries:
            return None
        wait = min(5 * 2 ** min(job.attempts, 12), LONGEST_WAIT)
        return procrastinate.RetryDecision(retry_in={"seconds": wait})
