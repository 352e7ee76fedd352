import GatewayKit
import Testing

@testable import IRCAdapter

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
            "NETWORK=My\\x20Net\\x3d\\x+f\\x4\\", "STATUSMSG=@+", "WHOX", "", "=", "-")
        #expect(support.prefixes.map(\.mode) == Array("qaohv".utf8))
        #expect(support.caseMapping == .ascii)
        #expect(support.nickLength == 31)
        #expect(support.topicLength == 390)
        #expect(support.kickLength == nil)
        #expect(support.networkName == "My Net=\\x+f\\x4\\")
        #expect(support.isChannel("#a") && !support.isChannel("&a") && !support.isChannel(""))
        #expect(support.channelName(ofTarget: "@#a") == "#a")
        #expect(support.channelName(ofTarget: "%#a") == nil)
        #expect(support.channelName(ofTarget: "@nick") == nil)
    }

    @Test("A token with a minus restores the usual value")
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

    @Test("A character with which a nick can begin is no sign of a rank")
    func signsOfNicks() {
        #expect(support("PREFIX=(qaohv)~&@me").prefixes.map(\.sign) == Array("~&@".utf8))
        #expect(support("PREFIX=(qaohv)[_@-9").prefixes.map(\.mode) == Array("ohv".utf8))
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
