import pytest

from sessions_app.programme.schedule.texts import (
    as_plain,
    clean_text,
    is_html,
    one_line,
    render,
    safe_address,
)


@pytest.mark.parametrize(
    ("text", "cleaned", "removed"),
    [
        ("Plain & simple < 5", "Plain & simple < 5", ()),
        ("List<String> and x<y>", "List<String> and x<y>", ()),
        ("<p>Ok <b>bold</b> <i>it</i></p>", "<p>Ok <strong>bold</strong> <em>it</em></p>", ()),
        ("<div>Text</div>", "Text", ("<div>",)),
        ("<script>alert(1)</script>Text", "Text", ("<script>",)),
        ("<p style='x'>A</p>", "<p>A</p>", ("p[style]",)),
        ("<a href='/relative'>A</a>", "<a>A</a>", ("href=/relative",)),
        ("<a href='mailto:a@example.org'>A</a>", '<a href="mailto:a@example.org">A</a>', ()),
        ("<a href=' javascript:x'>A</a>", "<a>A</a>", ("href= javascript:x",)),
        ("<p>A<!-- note --></p>", "<p>A</p>", ("<!-- -->",)),
        ("<div>R&amp;D</div>", "R&D", ("<div>",)),
        ("<div>&lt;script&gt;x&lt;/script&gt;</div>", "<p>&lt;script&gt;x&lt;/script&gt;</p>", ("<div>",)),
        ("<img src=x onerror=alert(1)>A", "A", ("<img>",)),
        ("<p onclick=x", "", ("p[onclick]",)),
    ],
)
def test_a_safe_subset_is_kept(text, cleaned, removed):
    assert clean_text(text) == (cleaned, removed)
    assert clean_text(cleaned) == (cleaned, ())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("One\n\nTwo & <3\nthree", "<p>One</p><p>Two &amp; &lt;3<br>three</p>"),
        ("", ""),
        (
            "<p>A <a href='https://e.org'>b</a></p>",
            '<p>A <a href="https://e.org" rel="nofollow noopener">b</a></p>',
        ),
        ("<p>A<script>x</script></p>", "<p>A</p>"),
        ("x <script>alert(1)</script>", "<p>x &lt;script&gt;alert(1)&lt;/script&gt;</p>"),
    ],
)
def test_rendering_is_safe_whatever_is_stored(text, shown):
    assert render(text) == shown


def test_plain_text_for_calendars():
    html = '<p>See <a href="https://e.org/">there</a> &amp; here</p><ul><li>one</li><li>two</li></ul>a<br>b'
    assert as_plain(html) == "See there (https://e.org/) & here\n\n• one\n• two\n\na\nb"
    assert as_plain(" as it is & <3 ") == "as it is & <3"
    assert not is_html("a < b > c")


def test_one_line():
    assert one_line(" a\tb\r\n\x00c\u2028d ") == "a b c d"


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/a b?q=ж", "https://example.org/a%20b?q=%D0%B6"),
        ("HTTPS://Example.org:8080", "https://example.org:8080"),
        ("https://пример.рф/", "https://xn--e1afmkfd.xn--p1ai/"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://example.org/[x]", "https://example.org/%5Bx%5D"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        ("https://user:secret@example.org/", "https://example.org/"),
        ("java\nscript:alert(1)", ""),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//example.org", ""),
        ("https://", ""),
        ("https://example.org:port/", ""),
        ("https://exa mple.org/", ""),
        ("mailto:a@example.org", ""),
        ("https://example.org/" + "x" * 3000, ""),
    ],
)
def test_addresses(url, safe):
    assert safe_address(url) == safe
    assert safe_address(safe) == safe


def test_mail_addresses_where_they_are_allowed():
    assert safe_address("mailto:a@example.org", mail=True) == "mailto:a@example.org"
    assert safe_address("mailto:nobody", mail=True) == ""
