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

# What no one gets by way of another role: an administrator of the machine decides nothing about quality (11.10(g)).
NO_QUALITY_RIGHT = frozenset({Role.IT, Role.INSP})
