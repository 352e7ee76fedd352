import Testing
import XML
import XMPP

@Suite("Direct invitations (XEP-0249)")
struct InvitationCodecTests {
    @Test("an invitation is written and read")
    func bothWays() throws {
        try expectBothWays(
            DirectInvitation(to: try jid("room@muc.x")), "<x xmlns='jabber:x:conference' jid='room@muc.x'/>")
        try expectBothWays(
            DirectInvitation(to: try jid("room@muc.x"), reason: "tea", password: "key"),
            "<x xmlns='jabber:x:conference' jid='room@muc.x' reason='tea' password='key'/>")
    }

    @Test(
        "an invitation without a room is refused",
        arguments: ["<x xmlns='jabber:x:conference'/>", "<x xmlns='jabber:x:conference' jid='@'/>"])
    func refused(xml: String) throws { try expectRefused(DirectInvitation.self, xml) }
}
