BBBBBBB BBBBBBBBBBBBBBBBBBBBBBBBBBB BBBB BBBBBB
BBBBB BBBBB gettext(u'Not with') BBBBBBBB
BBBBB BBBBBBB gettext(u'Never with %(name)s?') SSSSS SSSS SSSSSSSSSBBBBBBBB
BBBBB BBBB
XXX XXXXXXXXXXXXXXXXXXXX gettext(u'You do not see each other in this exchange, cannot ask each other, and no plan puts you together.') XXXXXXXXX gettext(u'A meeting of the two of you is cancelled, a request declined; that is told.') XXXXXXXXX gettext(u'That you block this person is not told. You can take it back under your profile.') XXXXXXXXXX
XXXXX XXXXXXXXXXXXXXBBBBBBBBBBXXXX XXXXXXXXXXXXXXXXXXXXXXX XXXXXXXXXXXXX XXXXXXXXXXXXXXXX gettext(u'Block') XXXXXXXXXXX XXXXXXXXXXXXX XXXXXXXXXXXXXX XXXXXXBBB BBBBBBBBBBBBBBBBBBBB BBBBBBBBBB BBBBBBBBBBXX gettext(u'Back') XXXXXXXXXXXXXXXXX
BBBBBBBB
