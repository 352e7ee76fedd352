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
            "NETWORK=My\\x20Net\\x3d\\x+f\\x4\\", "STATUSMSG=@+", "WHOX", "UTF8ONLY", "BOT=B", "MODES=20",
            "MONITOR=100", "WATCH=", "LINELEN=1024", "TARGMAX=JOIN:,PRIVMSG:4,KICK:1", "", "=", "-")
        #expect(support.hasWHOX && support.isUTF8Only && support.botMode == UInt8(ascii: "B"))
        #expect(support.modesPerLine == 20 && support.lineLength == 1024)
        #expect(support.watching.monitor == 100 && support.watching.watch == WatchSupport.unlimited)
        #expect(support.targets.join == nil && support.targets.message == 4)
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
        var support = support(
            "NICKLEN=31", "CASEMAPPING=ascii", "PREFIX=", "WHOX", "UTF8ONLY", "BOT=B", "MODES=20", "MONITOR=5",
            "LINELEN=1024", "TARGMAX=PRIVMSG:4", "STATUSMSG=", "CHANMODES=b,k,l,z")
        #expect(support.prefixes.isEmpty && support.statusSigns.isEmpty && support.modes.flags == Set("z".utf8))
        support.apply([
            "me", "-NICKLEN", "-CASEMAPPING", "-PREFIX", "-WHOX", "-UTF8ONLY", "-BOT", "-MODES", "-MONITOR", "-LINELEN",
            "-TARGMAX", "-STATUSMSG", "-CHANMODES", "end",
        ])
        #expect(!support.hasWHOX && !support.isUTF8Only && support.botMode == nil && support.modesPerLine == 3)
        #expect(support.watching == WatchSupport() && support.lineLength == 512 && support.targets == TargetLimits())
        #expect(support.statusSigns == "@+" && support.modes == ChannelModes())
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

    @Test(
        "A token that cannot be read leaves the usual value",
        arguments: [
            "PREFIX=@+", "PREFIX=(ov", "PREFIX=(ov)@", "PREFIX=(o)@+", "CHANMODES=beI", "CHANMODES=b,k,l,#",
            "CASEMAPPING=",
            "MODES=x", "LINELEN=x", "LINELEN=20", "TOPICLEN=0",
        ])
    func unreadable(_ token: String) {
        let (support, usual) = (support(token), ServerSupport())
        #expect(support.prefixes == usual.prefixes && support.modes == usual.modes)
        #expect(support.caseMapping == usual.caseMapping && support.modesPerLine == usual.modesPerLine)
        #expect(support.lineLength == usual.lineLength && support.topicLength == nil)
    }

    @Test("The four classes of modes")
    func modeClasses() {
        let modes = support("CHANMODES=beI,k,lj,imnt,extra").modes
        #expect(modes.lists == Set("beI".utf8) && modes.always == Set("k".utf8))
        #expect(modes.whenSet == Set("lj".utf8) && modes.flags == Set("imnt".utf8))
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
