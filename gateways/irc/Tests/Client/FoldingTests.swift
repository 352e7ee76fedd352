import GatewayKit
import Testing

@testable import IRCAdapter

/// A network changes its case mapping during the connection. Fuzzing found these cases.
@Suite("A changed case mapping")
struct FoldingTests {
    private static let first = RoomAddress(network: ClientScript.network, name: "#a[")
    private static let second = RoomAddress(network: ClientScript.network, name: "#a{")

    @Test("If two channels become one, the joined one stays, and requests that wait for the other fail")
    func waiting() throws {
        var script = try ClientScript.ready(.fences, support: "CASEMAPPING=ascii")
        _ = script.perform(.join(Self.second, password: nil))
        try script.receive(":me!u@h JOIN #a{", ":s 353 me = #a{ :me anna", ":s 366 me #a{ :End")
        let late = script.perform(.join(Self.first, password: nil))
        try script.receive(":me!u@h JOIN #a[", ":s 005 me CASEMAPPING=rfc1459 :are supported")
        #expect(script.failure(late) == .conflict)
        #expect(script.client.channels.count == 1)
        #expect(script.client.memberCount == 2)
    }

    @Test("If two joined channels become one, one of them is reported as left")
    func inside() throws {
        var script = try ClientScript.ready(.fences, support: "CASEMAPPING=ascii")
        for name in ["#a[", "#a{"] {
            _ = script.perform(.join(RoomAddress(network: ClientScript.network, name: name), password: nil))
            try script.receive(":me!u@h JOIN \(name)", ":s 353 me = \(name) :me", ":s 366 me \(name) :End")
        }
        script.forget()
        try script.receive(":s 005 me CASEMAPPING=rfc1459 :are supported")
        let left = script.takeEvents().compactMap { event in
            if case .room(let room, .left(_)) = event { room } else { nil }
        }
        #expect(left == [Self.second])
        #expect(script.client.memberCount == 1)
    }

    @Test("If the nicks of two members become equal, one of them is reported as left, never ourselves")
    func members() throws {
        var script = try ClientScript.ready(.fences, support: "CASEMAPPING=ascii")
        _ = script.perform(.join(ClientScript.room, password: nil))
        try script.receive(":me!u@h JOIN #c", ":s 353 me = #c :me x[ @x{", ":s 366 me #c :End")
        script.forget()
        try script.receive(":s 005 me CASEMAPPING=rfc1459 :are supported")
        #expect(script.takeEvents() == [.room(ClientScript.room, .occupantLeft(nick: "x{", .quit(reason: nil)))])
        #expect(script.client.memberCount == 2)
    }
}
