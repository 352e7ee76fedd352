import GatewayKit
import NIOCore
import NIOEmbedded
import Testing

@testable import IRCAdapter

@Suite("IRC sessions: logins that end late")
struct LateLoginTests {
    private let login = ["nick": "me", "sasl_password": "hush"]

    @Test("The waiting join is written when the account service has not confirmed the login in time")
    func silence() throws {
        let rig = SessionRig(account: login)
        rig.perform(.join(SessionRig.room, password: nil))
        try rig.welcome()
        #expect(try rig.lines().last == "PRIVMSG NickServ :IDENTIFY me hush")
        rig.loop.advanceTime(by: .seconds(14))
        #expect(try rig.lines() == [])
        rig.loop.advanceTime(by: .seconds(1))
        #expect(try rig.lines() == ["JOIN #c"])
    }

    @Test("A request that the core makes while it hears of the connection is written, too")
    func reaction() throws {
        let rig = SessionRig(account: login)
        rig.perform(.join(SessionRig.room, password: nil))
        rig.reaction = { [unowned rig] event in
            if case .state(.online) = event { rig.request(.send(.text(Text("hi")), to: .peer(SessionRig.anna))) }
        }
        try rig.welcome()
        _ = try rig.lines()
        rig.loop.advanceTime(by: .seconds(15))
        #expect(try rig.lines().sorted() == ["JOIN #c", "PRIVMSG anna :hi"])
    }
}
