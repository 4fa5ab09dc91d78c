"""Texts of a programme: plain text or a small safe subset of HTML, and safe addresses.

A text is HTML when it contains a tag of the subset. ``clean_text`` makes a text fit to be
stored; ``render`` makes HTML of either kind and is safe whatever was stored.
"""

from __future__ import annotations

import html
import re
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

import nh3

TAGS = {"p", "br", "a", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote"}
SCHEMES = {"http", "https", "mailto"}
_OTHER_HTML = (
    "abbr article aside audio b base body big button center cite dd del details dfn div dl dt embed "
    "fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html i "
    "iframe img input ins kbd label legend link main map mark marquee math meta nav noscript object "
    "option param picture q s samp script section select small source span strike style sub summary sup "
    "svg table tbody td template textarea tfoot th thead title tr tt u var video "
)
KNOWN = TAGS | set(_OTHER_HTML.split())
LONGEST_ADDRESS = 2000  # characters

_TAG = re.compile(r"<(?:!--|!\[|\?|/?([a-zA-Z][a-zA-Z0-9:-]*)([^<>]*)>?)")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+))?""")
_OUR_TAG = re.compile(rf"</?(?:{'|'.join(sorted(TAGS))})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile("\r\n|[\r\x85\u2028\u2029]")
_BOLD_ITALIC = re.compile(r"<(/?)([bi])(?=[\s>])", re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9.])?|\[[0-9a-fA-F:.]+\]")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_BLOCK_END = re.compile(r"</(?:p|ul|ol|pre|blockquote)>|<br\s*/?>", re.IGNORECASE)
_LINK = re.compile(r'<a\s[^>]*href="([^"]*)"[^>]*>(.*?)</a>', re.IGNORECASE | re.DOTALL)
_ANY_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def without_control(text: str) -> str:
    """Return the text without control characters and lone surrogates, with ``\\n`` line ends."""
    return _FORBIDDEN.sub("", _LINE_END.sub("\n", text))


def has_control(text: str) -> bool:
    """Whether ``without_control`` would remove something."""
    return _FORBIDDEN.search(_LINE_END.sub("\n", text)) is not None


def one_line(text: str) -> str:
    """Return the text without control characters, runs of white space made one space."""
    return " ".join(without_control(text).split())


def is_html(text: str) -> bool:
    """Whether the text is of the HTML kind."""
    return _OUR_TAG.search(text) is not None


def clean_text(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text fit to be stored and the names of the tags and attributes that were removed.

    A text without any tag of HTML stays as it is: "List<String>" is plain text.
    """
    text = without_control(text).strip()
    if not _is_markup(text):
        return text, ()
    text = _BOLD_ITALIC.sub(lambda match: f"<{match[1]}{'strong' if match[2] in 'bB' else 'em'}", text)
    removed = _removed_by_cleaning(text)
    for _ in range(4):
        cleaned = _cleaned(text).strip()
        if cleaned == text:
            break
        text = cleaned
    if not is_html(text):
        plain = without_control(html.unescape(text)).strip()
        text = f"<p>{text}</p>" if _is_markup(plain) else plain
    return text, removed


def render(text: str) -> str:
    """Return HTML for a page: the subset cleaned once more, plain text escaped with its paragraphs."""
    if is_html(text):
        return _cleaned(text, link_rel="nofollow noopener")
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "".join(
        "<p>" + html.escape(paragraph.strip()).replace("\n", "<br>") + "</p>"
        for paragraph in paragraphs
        if paragraph.strip()
    )


def as_plain(text: str) -> str:
    """Return a text without markup, for calendars and search; link addresses follow their words."""
    if not is_html(text):
        return text.strip()
    text = _LINK.sub(_link_in_words, _cleaned(text))
    text = re.sub(r"<li>\s*", "\n• ", text)
    text = _BLOCK_END.sub(lambda match: "\n" if match[0].lower().startswith("<br") else "\n\n", text)
    text = html.unescape(_ANY_TAG.sub("", text))
    return re.sub(r"[ \t]*\n\s*\n\s*", "\n\n", text).strip()


def safe_address(url: str, *, mail: bool = False) -> str:
    """Return a web address (or with ``mail`` a mailto address) as a strict URI, or "" when it is none."""
    url = _FORBIDDEN.sub("", url).strip()
    try:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https"):
            host = _host(parts)
            url = urlunsplit((parts.scheme, host, *map(_quoted, (parts.path, parts.query, parts.fragment))))
            return url if host and len(url) <= LONGEST_ADDRESS else ""
    except ValueError:
        return ""
    if mail and parts.scheme == "mailto" and "@" in parts.path:
        return urlunsplit(("mailto", "", _quoted(parts.path), _quoted(parts.query), ""))
    return ""


def _is_markup(text: str) -> bool:
    return any(match[1] is None or match[1].lower() in KNOWN for match in _TAG.finditer(text))


def _host(parts: SplitResult) -> str:
    """Return the host and port in ASCII; names and passwords of users are not kept."""
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    elif not host.isascii():
        host = host.encode("idna").decode()
    if not _HOST.fullmatch(host):
        return ""
    return f"{host}:{parts.port}" if parts.port is not None else host


def _quoted(part: str) -> str:
    return _STRAY_PERCENT.sub("%25", quote(part, safe="/?:@!$&'()*+,;=~%"))


def _cleaned(text: str, link_rel: str | None = None) -> str:
    return nh3.clean(
        text,
        tags=TAGS,
        clean_content_tags={"script", "style"},
        attributes={"a": {"href"}},
        url_schemes=SCHEMES,
        link_rel=link_rel,
        url_relative="deny",
    )


def _removed_by_cleaning(text: str) -> tuple[str, ...]:
    removed: dict[str, None] = {}
    for match in _TAG.finditer(text):
        if match[1] is None:
            removed["<!-- -->"] = None
            continue
        name = match[1].lower()
        if name not in TAGS:
            removed[f"<{name}>"] = None
            continue
        for attribute, value in _ATTRIBUTE.findall(match[2]):
            address = html.unescape(value.strip("\"'"))
            if name != "a" or attribute.lower() != "href":
                removed[f"{name}[{attribute.lower()}]"] = None
            elif not address.strip().lower().startswith(("http:", "https:", "mailto:")):
                removed[f"href={address}"] = None
    return tuple(removed)


def _link_in_words(match: re.Match[str]) -> str:
    address, words = match[1], match[2]
    return words if address in words or not address else f"{words} ({address})"
