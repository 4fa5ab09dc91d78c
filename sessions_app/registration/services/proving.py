"""Proves by a code in a letter that an e-mail belongs to whoever fills in a form; no password is needed."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from network.letters import compose, to_message
from network.mail import enqueue_mail
from network.models import Person
from network.services import person_with_email
from sessions_app.registration.errors import CodeGone, WrongCode
from sessions_app.registration.models import EmailProof, Registration
from sessions_app.registration.models.proofs import MAX_TRIES
from sessions_app.registration.services.messages import language_of

GOOD_FOR = dt.timedelta(minutes=10)
# A form sent twice at once needs one letter.
SAME_SUBMIT = dt.timedelta(seconds=15)


def _digest(registration: Registration, email: str, code: str) -> str:
    """Return a digest keyed with the secret key: six digits could be guessed from a plain one."""
    return salted_hmac(
        "registration.proof", f"{registration.pk}:{email}:{code}", algorithm="sha256"
    ).hexdigest()


@transaction.atomic
def send_code(
    *, registration: Registration, again: bool = False, now: dt.datetime | None = None
) -> EmailProof:
    """Write a letter with a new code to the draft's e-mail; the code before it is void.

    Who has the address is not looked at, so that known and unknown ones are treated alike. The same
    form sent twice within seconds gets one letter, unless another one is asked for (``again``).
    """
    moment = now or timezone.now()
    standing = EmailProof.objects.select_for_update().filter(registration=registration).first()
    if (
        standing is not None
        and not again
        and standing.email == registration.email
        and standing.used_at is None
        and standing.sent_at > moment - SAME_SUBMIT
    ):
        return standing
    code = f"{secrets.randbelow(10**6):06d}"
    proof, _created = EmailProof.objects.update_or_create(
        registration=registration,
        defaults={
            "email": registration.email,
            "digest": _digest(registration, registration.email, code),
            "tries": 0,
            "sent_at": moment,
            "expires_at": moment + GOOD_FOR,
            "used_at": None,
        },
    )
    letter = compose("account/login_code", {"code": code}, language=language_of(registration))
    enqueue_mail(to_message(letter, to=registration.email), key=f"proof:{proof.pk}:{moment.isoformat()}")
    return proof


def prove(*, registration: Registration, code: str, now: dt.datetime | None = None) -> Person:
    """Return whoever has the draft's e-mail, found or made, after the code was the right one.

    Raises WrongCode while tries are left, else CodeGone. Each try counts before it is looked at, by the
    database's clock (``now`` stands in for it in tests only), so that many at once are not more.
    """
    good = Q(registration=registration, used_at__isnull=True, expires_at__gt=now or Now())
    if not EmailProof.objects.filter(good, tries__lt=MAX_TRIES).update(tries=F("tries") + 1):
        raise CodeGone(registration.code)
    proof = EmailProof.objects.get(registration=registration)
    if proof.email != registration.email or not constant_time_compare(
        proof.digest, _digest(registration, proof.email, code)
    ):
        left = MAX_TRIES - proof.tries
        raise WrongCode(left) if left > 0 else CodeGone(registration.code)
    return _use(registration=registration, proof=proof, now=now)


@transaction.atomic
def _use(*, registration: Registration, proof: EmailProof, now: dt.datetime | None) -> Person:
    used = EmailProof.objects.filter(pk=proof.pk, digest=proof.digest, used_at__isnull=True)
    if not used.update(used_at=now or timezone.now()):
        raise CodeGone(registration.code)
    return person_with_email(email=proof.email, name=registration.name, locale=language_of(registration))
