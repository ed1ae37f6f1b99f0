"""The roles of the house (domain/forms.md §1). Roles are code; who holds one, where and until when, is data."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Role(StrEnum):
    """Short codes as printed on signatures. Keep sorted."""

    AUD = "AUD"
    AUT = "AUT"
    CLI = "CLI"
    CMP = "CMP"
    DOC = "DOC"
    ENG = "ENG"
    INSP = "INSP"
    IT = "IT"
    MET = "MET"
    MFG = "MFG"
    MR = "MR"
    OWN = "OWN"
    PRRC = "PRRC"
    PUR = "PUR"
    QA = "QA"
    QC = "QC"
    RA = "RA"
    REL = "REL"
    SQ = "SQ"
    TM = "TM"
    TRN = "TRN"
    VIG = "VIG"
    XT = "XT"


ROLE_NAMES = {
    Role.AUD: _("Auditor"),
    Role.AUT: _("Author"),
    Role.CLI: _("Medical or clinical"),
    Role.CMP: _("Complaint handler"),
    Role.DOC: _("Document controller"),
    Role.ENG: _("Design"),
    Role.INSP: _("Inspector"),
    Role.IT: _("System administrator"),
    Role.MET: _("Metrology"),
    Role.MFG: _("Production"),
    Role.MR: _("Management representative"),
    Role.OWN: _("Process owner"),
    Role.PRRC: _("Person responsible for regulatory compliance"),
    Role.PUR: _("Purchasing"),
    Role.QA: _("Quality approver"),
    Role.QC: _("Inspection"),
    Role.RA: _("Regulatory affairs"),
    Role.REL: _("Product release"),
    Role.SQ: _("Supplier quality"),
    Role.TM: _("Top management"),
    Role.TRN: _("Training administrator"),
    Role.VIG: _("Vigilance"),
    Role.XT: _("External, limited"),
}


def role_name(code: str) -> str:
    """The name of a role; of one that this version no longer knows, its code: grants and signatures of it stay readable."""
    return str(ROLE_NAMES[Role(code)]) if code in Role.__members__ else code


# What no one gets by way of another role: an administrator of the machine decides nothing about quality (11.10(g)).
NO_QUALITY_RIGHT = frozenset({Role.IT, Role.INSP})

# Who gives roles, and who looks after accounts. A giver may look after accounts too: small companies have no administrator.
GRANTERS = (Role.QA, Role.MR, Role.TM)
ADMINISTRATORS = (Role.IT, *GRANTERS)
# What an administrator may give without a second person: the right over the machine, nothing else.
TECHNICAL = frozenset({Role.IT})
# Who sees only what is given or in force.
LIMITED = frozenset({Role.INSP, Role.XT})
# Who is told of attempts at misuse (11.300(d)); when nobody holds the first, the second is told.
SECURITY = (Role.IT, Role.QA)
