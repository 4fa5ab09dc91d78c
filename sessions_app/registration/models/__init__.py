"""What registration keeps: the form of an event, its quotas, and who comes."""

from sessions_app.registration.models.categories import (
    Category,
    Entry,
    Invitation,
    Quota,
    RegistrationSettings,
    Visibility,
)
from sessions_app.registration.models.delegations import Delegation, DelegationMember
from sessions_app.registration.models.desk import BulkAction, BulkJob, SavedFilter
from sessions_app.registration.models.messages import Message, MessageTemplate
from sessions_app.registration.models.proofs import EmailProof
from sessions_app.registration.models.questions import Choice, Question, QuestionKind
from sessions_app.registration.models.registrations import (
    Answer,
    AnswerFile,
    Place,
    Registration,
    WaitingEntry,
)

__all__ = [
    "Answer",
    "AnswerFile",
    "BulkAction",
    "BulkJob",
    "Category",
    "Choice",
    "Delegation",
    "DelegationMember",
    "EmailProof",
    "Entry",
    "Invitation",
    "Message",
    "MessageTemplate",
    "Place",
    "Question",
    "QuestionKind",
    "Quota",
    "Registration",
    "RegistrationSettings",
    "SavedFilter",
    "Visibility",
    "WaitingEntry",
]
