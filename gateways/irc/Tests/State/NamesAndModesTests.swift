import GatewayKit
import Testing

@testable import IRCAdapter

struct CaseMappingTests {
    @Test(
        "Names are folded as the network says",
        arguments: [
            ("ascii", "Foo[]\\~É", "foo[]\\~É"), ("rfc1459", "Foo[]\\~É", "foo{}|^É"),
            ("rfc1459-strict", "Foo[]\\~^", "foo{}|~^"), ("strict-rfc1459", "A[", "a{"), ("rfc8265", "A[", "a["),
            ("RFC1459", "{}|^", "{}|^"),
        ])
    func folds(_ token: String, _ name: String, _ expected: String) {
        #expect(CaseMapping(token: token).fold(name).text == expected)
    }
}

struct ServerSupportTests {
    private func support(_ tokens: String...) -> ServerSupport {
        var support = ServerSupport()
        support.apply(["me"] + tokens + ["are supported by this server"])
        return support
    }

    @Test("Tokens are read, unknown ones ignored")
    func tokens() {
        let support = support(
            "PREFIX=(qaohv)~&@%+", "CHANTYPES=#", "CASEMAPPING=ascii", "NICKLEN=31", "TOPICLEN=390", "KICKLEN=x",
            "NETWORK=My\\x20Net\\x3d\\", "STATUSMSG=@+", "WHOX", "", "=", "-")
        #expect(support.prefixes.map(\.mode) == Array("qaohv".utf8))
        #expect(support.caseMapping == .ascii)
        #expect(support.nickLength == 31)
        #expect(support.topicLength == 390)
        #expect(support.kickLength == nil)
        #expect(support.networkName == "My Net=\\")
        #expect(support.isChannel("#a") && !support.isChannel("&a") && !support.isChannel(""))
        #expect(support.channelName(ofTarget: "@#a") == "#a")
        #expect(support.channelName(ofTarget: "%#a") == nil)
        #expect(support.channelName(ofTarget: "@nick") == nil)
    }

    @Test("A token with a minus gives the usual value back")
    func negation() {
        var support = support("NICKLEN=31", "CASEMAPPING=ascii", "PREFIX=")
        #expect(support.prefixes.isEmpty)
        support.apply(["me", "-NICKLEN", "-CASEMAPPING", "-PREFIX", "end"])
        #expect(support.nickLength == nil)
        #expect(support.caseMapping == .rfc1459)
        #expect(support.prefixes.map(\.sign) == Array("@+".utf8))
    }

    @Test(
        "Malformed values do no harm",
        arguments: [
            "PREFIX=(ov", "PREFIX=ov)@+", "PREFIX=(ov)@", "PREFIX=()", "CHANMODES=", "CHANMODES=,,,,", "NICKLEN=-5",
            "NICKLEN=99999999999999999999",
        ])
    func malformed(_ token: String) {
        let support = support(token)
        _ = ModeChange.parse(["+ov", "a", "b"], support: support)
        #expect(support.prefixes.count <= 2)
        #expect(support.nickLength == nil)
    }

    @Test("Modes take parameters as CHANMODES says")
    func modeParameters() {
        let support = support("CHANMODES=beI,k,lj,imnt", "PREFIX=(ohv)@%+")
        let changes = ModeChange.parse(["+ob-lv+lk", "anna", "*!*@x", "bob", "5", "key"], support: support)
        #expect(changes.map(\.parameter) == ["anna", "*!*@x", nil, "bob", "5", "key"])
        #expect(changes.map(\.adding) == [true, true, false, false, true, true])
        #expect(ModeChange.parse(["+o"], support: support).first?.parameter == nil)
        #expect(ModeChange.parse([], support: support).isEmpty)
    }

    @Test(
        "The highest sign decides the rank",
        arguments: [
            ("~@+anna", Rank.owner), ("&a", .owner), ("@+a", .operator), ("%a", .assistant), ("+a", .voiced),
            ("a", .none), ("!a", .owner),
        ])
    func ranks(_ name: String, _ rank: Rank) {
        let support = support("PREFIX=(Yqaohv)!~&@%+")
        var ranks = MemberRanks()
        #expect(ranks.take(name[...], support: support).hasPrefix("a"))
        #expect(ranks.rank(support) == rank)
    }

    @Test("A rank that is taken away leaves the next one")
    func rankTaken() {
        let support = support()
        var ranks = MemberRanks()
        _ = ranks.take("@+anna", support: support)
        ranks.set(UInt8(ascii: "o"), false, support: support)
        #expect(ranks.rank(support) == .voiced)
        ranks.set(UInt8(ascii: "z"), true, support: support)
        ranks.set(UInt8(ascii: "v"), false, support: support)
        #expect(ranks.rank(support) == .none)
    }
}

struct ServerTimeTests {
    @Test(
        "Times of the time tag are read",
        arguments: [
            ("1970-01-01T00:00:00.000Z", 0.0), ("2011-10-19T16:40:51.620Z", 1_319_042_451.62),
            ("2024-02-29T23:59:60Z", 1_709_251_200), ("2000-03-01T00:00:00.5Z", 951_868_800.5),
        ])
    func reads(_ text: String, _ seconds: Double) throws {
        let time = try #require(ServerTime.parse(text))
        #expect(abs(time.secondsSince1970 - seconds) < 0.001)
    }

    @Test(
        "Anything else is no time",
        arguments: [
            "", "now", "2011-10-19 16:40:51.620Z", "2011-13-19T16:40:51Z", "2011-10-19T16:40:51",
            "2011-10-19T16:40:51.Z", "2011-10-19T16:40:51+00:00", "2o11-10-19T16:40:51Z", "2011-10-19T16:40:51.é0Z",
        ])
    func refuses(_ text: String) { #expect(ServerTime.parse(text) == nil) }
}

struct WantedNickTests {
    @Test("Nicks are what RFC 2812 allows, and letters beyond ASCII")
    func valid() {
        for nick in ["anna", "a1", "[x]", "_", "żółw", "a-b", "^^", "`a|"] {
            #expect(WantedNick.isValid(nick), "\(nick)")
        }
        for nick in [
            "", "1a", "-a", "a b", "a,b", "a:b", "a!b", "a@b", "#a", "a\n", "a\r\nQUIT", "é\u{2028}",
            String(repeating: "a", count: 65),
        ] {
            #expect(!WantedNick.isValid(nick), "\(nick)")
        }
    }

    @Test("From any name a nick can be made")
    func suggestion() {
        #expect(WantedNick.suggestion(from: "anna").name == "anna")
        #expect(WantedNick.suggestion(from: "anna.smith").name == "anna_smith")
        #expect(WantedNick.suggestion(from: "42").name == "_42")
        #expect(WantedNick.suggestion(from: "").name == "guest")
        #expect(WantedNick.suggestion(from: "...").name == "guest")
        #expect(WantedNick.isValid(WantedNick.suggestion(from: "a\r\nb c").name))
    }
}
