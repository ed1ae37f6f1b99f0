"""Translations of the sentences that the scripts say (assets/README.md, keys of `page-words`)."""

from django.utils.translation import gettext as _


def script_words() -> dict[str, str]:
    """Key → sentence in the person's language."""
    return {
        "draft-kept": _("Draft kept {time} UTC"),
        "draft-not-kept": _("The draft could not be kept. What you typed is still here."),
        "selected": _("{n} selected"),
        "copied": _("Copied"),
        "close": _("Close"),
        "suggestions": _("Suggestions"),
        "passkey-cancelled": _("The passkey was not used: cancelled, or it took too long. Try again, or choose another way."),
        "passkey-known": _("This passkey is registered already."),
        "passkey-address": _("Passkeys do not work at this address. Choose another way."),
        "passkey-failed": _("The passkey could not be used. Choose another way."),
    }


def editor_words() -> dict[str, str]:
    """The same for the editor of formatted texts; its pages only."""
    found = {
        "toolbar": _("Formatting"), "style": _("Style of the paragraph"), "paragraph": _("Text"), "heading": _("Heading {level}"), "codeBlock": _("Code"),
        "bold": _("Bold"), "italic": _("Italic"), "underline": _("Underlined"), "strike": _("Struck through"), "subscript": _("Subscript"),
        "superscript": _("Superscript"), "code": _("Code in the line"), "clear": _("Clear formatting"), "undo": _("Undo"), "redo": _("Redo"),
        "bulletList": _("Bullets"), "orderedList": _("Numbers"), "indent": _("Indent"), "outdent": _("Outdent"), "quote": _("Quotation"),
        "link": _("Link"), "record": _("Link to a record"), "image": _("Picture"), "table": _("Table"), "pageBreak": _("Page break"), "rule": _("Line"),
        "tableTools": _("Table"), "rowBefore": _("Row above"), "rowAfter": _("Row below"), "columnBefore": _("Column left"),
        "columnAfter": _("Column right"), "merge": _("Merge cells"), "split": _("Split cell"), "headerRow": _("Heading row"),
        "headerColumn": _("Heading column"), "deleteRow": _("Delete row"), "deleteColumn": _("Delete column"), "deleteTable": _("Delete table"),
        "href": _("Address"), "hrefHint": _("https://…, mailto:… or # and the name of a heading. Empty takes the link away."),
        "hrefWrong": _("A link begins with https://, http://, mailto: or #."), "number": _("Number of the record"),
        "numberHint": _("Type its number or words of its title."), "edition": _("Edition"),
        "editionHint": _("Empty follows the edition in force; a number pins one."), "alt": _("What the picture shows"),
        "altHint": _("Read aloud to those who cannot see it, and shown where it cannot be."), "width": _("Width in percent of the page"),
        "rows": _("Rows"), "columns": _("Columns"), "ok": _("Insert"), "apply": _("Apply"), "cancel": _("Cancel"), "uploading": _("Sending the picture…"),
        "notUploaded": _("The picture could not be stored: {reason}"), "noAnswer": _("the server does not answer"),
        "dropped": _("{n} pictures came without their bytes and were left out. Insert them as files."),
        "leave": _("Escape, then Tab leaves the text. Alt-F10 goes to the formatting."), "count": _("{n} words"),
    }  # fmt: skip
    return {f"editor.{key}": text for key, text in found.items()}
