import Testing
import XML
import XMPP

@Suite("Multi-user chat (XEP-0045)")
struct MUCTests {
    private let user = "xmlns='http://jabber.org/protocol/muc#user'"

    @Test("entering a room (§7.2)")
    func join() throws {
        try expectBothWays(MUCJoin(), "<x xmlns='http://jabber.org/protocol/muc'/>")
        try expectBothWays(
            MUCJoin(
                password: "p&w", history: MUCJoin.History(maxChars: 0, maxStanzas: 20, seconds: 180, since: 951_825_600)
            ),
            """
            <x xmlns='http://jabber.org/protocol/muc'><history maxchars='0' maxstanzas='20' seconds='180' \
            since='2000-02-29T12:00:00Z'/><password>p&amp;w</password></x>
            """)
    }

    @Test("malformed history limits are refused", arguments: ["maxchars='-1'", "seconds='x'", "since='today'"])
    func history(limit: String) throws {
        try expectRefused(MUCJoin.self, "<x xmlns='http://jabber.org/protocol/muc'><history \(limit)/></x>")
    }

    @Test("occupants with every role and affiliation, and status codes (§7.2.2)")
    func occupants() throws {
        for role in MUC.Role.allCases {
            for affiliation in MUC.Affiliation.allCases {
                try expectBothWays(
                    MUCUser(items: [MUC.Item(affiliation: affiliation, role: role)], statuses: [110, 210]),
                    """
                    <x \(user)><item affiliation='\(affiliation.rawValue)' role='\(role.rawValue)'/>\
                    <status code='110'/><status code='210'/></x>
                    """)
            }
        }
    }

    @Test("a kick with actor and reason, and a new nick (§7.6, §8.2)")
    func changes() throws {
        try expectBothWays(
            MUCUser(
                items: [
                    MUC.Item(
                        affiliation: MUC.Affiliation.none, role: MUC.Role.none, jid: try jid("a@x/1"), nick: "new",
                        actor: MUC.Actor(jid: try jid("b@x"), nick: "op"), reason: "why")
                ], statuses: [303]),
            """
            <x \(user)><item affiliation='none' jid='a@x/1' nick='new' role='none'><actor jid='b@x' nick='op'/>\
            <reason>why</reason></item><status code='303'/></x>
            """)
    }

    @Test("invitations in both directions, and their refusal (§7.8.2)")
    func invitations() throws {
        try expectBothWays(
            MUCUser(invites: [MUCUser.Invite(to: try jid("a@x"), reason: "come"), MUCUser.Invite(to: try jid("b@x"))]),
            "<x \(user)><invite to='a@x'><reason>come</reason></invite><invite to='b@x'/></x>")
        try expectBothWays(
            MUCUser(invites: [MUCUser.Invite(from: try jid("a@x"), continueThread: "t")], password: "pw"),
            "<x \(user)><invite from='a@x'><continue thread='t'/></invite><password>pw</password></x>")
        try expectBothWays(
            MUCUser(declines: [MUCUser.Decline(to: try jid("a@x"), reason: "no")]),
            "<x \(user)><decline to='a@x'><reason>no</reason></decline></x>")
        #expect(
            try MUCUser(read("<x \(user)><invite><continue/></invite></x>")).invites == [
                MUCUser.Invite(isContinuation: true)
            ])
    }

    @Test("the end of a room (§10.9)")
    func destroy() throws {
        let destroy = MUC.Destroy(alternative: try jid("#b@gw.x"), reason: "moved", password: "pw")
        try expectBothWays(
            MUCUser(items: [MUC.Item(affiliation: MUC.Affiliation.none)], destroy: destroy),
            """
            <x \(user)><item affiliation='none'/><destroy jid='#b@gw.x'><reason>moved</reason><password>pw</password>\
            </destroy></x>
            """)
        try expectBothWays(
            MUCOwner(destroy: MUC.Destroy()),
            "<query xmlns='http://jabber.org/protocol/muc#owner'><destroy/></query>")
    }

    @Test("configuration by the owner (§10)")
    func owner() throws {
        try expectBothWays(MUCOwner(), "<query xmlns='http://jabber.org/protocol/muc#owner'/>")
        try expectBothWays(
            MUCOwner(form: DataForm(.cancel)),
            "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='cancel'/></query>")
    }

    @Test("administration (§8, §9)")
    func admin() throws {
        try expectBothWays(
            MUCAdmin(items: [
                MUC.Item(role: MUC.Role.none, nick: "bad", reason: "spam"),
                MUC.Item(affiliation: .outcast, jid: try jid("a@x")),
            ]),
            """
            <query xmlns='http://jabber.org/protocol/muc#admin'><item nick='bad' role='none'><reason>spam</reason>\
            </item><item affiliation='outcast' jid='a@x'/></query>
            """)
    }

    @Test(
        "unknown roles and broken addresses are refused",
        arguments: [
            "<item role='king'/>", "<item affiliation='x'/>", "<item jid='@'/>", "<item><actor jid='@'/></item>",
        ])
    func refused(item: String) throws {
        try expectRefused(MUCAdmin.self, "<query xmlns='http://jabber.org/protocol/muc#admin'>\(item)</query>")
        try expectRefused(MUCUser.self, "<x \(user)>\(item)</x>")
    }
}
