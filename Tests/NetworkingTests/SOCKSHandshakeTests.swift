import Basics
import Testing

@testable import Networking

@Suite("The SOCKS5 handshake")
struct SOCKSHandshakeTests {
    private static let target = Endpoint(host: "irc.test", port: 6697)
    private static let login = SOCKSProxy.Login(name: Secret("anna"), password: Secret("pw"))
    /// `irc.test:6697` as a request names it.
    private static let request: [UInt8] = [5, 1, 0, 3, 8] + Array("irc.test".utf8) + [0x1A, 0x29]

    @Test("without a login, the host's name is sent, and bytes of the server behind the answer are kept")
    func plain() {
        var handshake = SOCKSHandshake(to: Self.target, login: nil)
        #expect(handshake.greeting == [5, 1, 0])
        #expect(handshake.receive([5, 0]) == [.send(Self.request)])
        #expect(handshake.receive([5, 0, 0, 1, 127, 0, 0, 1, 0, 80, 72, 73]) == [.done(rest: [72, 73])])
    }

    @Test("with a login, the name and password are sent only when the proxy asks for them")
    func login() {
        var handshake = SOCKSHandshake(to: Self.target, login: Self.login)
        #expect(handshake.greeting == [5, 2, 0, 2])
        #expect(handshake.receive([5, 2]) == [.send([1, 4] + Array("anna".utf8) + [2] + Array("pw".utf8))])
        #expect(handshake.receive([1, 0]) == [.send(Self.request)])
        var open = SOCKSHandshake(to: Self.target, login: Self.login)
        #expect(open.receive([5, 0]) == [.send(Self.request)])
    }

    @Test(
        "an address is sent as an address",
        arguments: [
            ("192.0.2.1", [1, 192, 0, 2, 1] as [UInt8]),
            ("2001:db8::1", [4, 0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
        ])
    func addresses(host: String, bytes: [UInt8]) {
        var handshake = SOCKSHandshake(to: Endpoint(host: host, port: 6667), login: nil)
        #expect(handshake.receive([5, 0]) == [.send([5, 1, 0] + bytes + [0x1A, 0x0B])])
    }

    @Test("answers are understood byte by byte, with each kind of address")
    func pieces() {
        for address: [UInt8] in [[1, 1, 2, 3, 4], [3, 2, 65, 66], [4] + Array(repeating: 7, count: 16)] {
            var handshake = SOCKSHandshake(to: Self.target, login: nil)
            var actions: [SOCKSHandshake.Action] = []
            for byte in [5, 0, 5, 0, 0] + address + [0, 80] { actions += handshake.receive([byte]) }
            #expect(actions == [.send(Self.request), .done(rest: [])])
        }
    }

    @Test(
        "a refusal has its reason, and ends the handshake",
        arguments: [
            ([5, 0xFF] as [UInt8], false, SOCKSProblem.loginMissing), ([5, 0xFF], true, .loginRefused),
            ([5, 2], false, .loginRefused), ([5, 2, 1, 1], true, .loginRefused), ([72, 84], false, .noSOCKS5),
            ([5, 0, 5, 2], false, .refused(code: 2)), ([5, 0, 5, 99], false, .refused(code: 99)),
            ([5, 0, 72, 84], false, .noSOCKS5), ([5, 0, 5, 0, 0, 9, 0], false, .noSOCKS5),
        ])
    func refusals(bytes: [UInt8], hasLogin: Bool, problem: SOCKSProblem) {
        var handshake = SOCKSHandshake(to: Self.target, login: hasLogin ? Self.login : nil)
        #expect(handshake.receive(bytes).last == .failed(problem))
        #expect(handshake.receive([5, 0, 0, 1, 1, 2, 3, 4, 0, 80]) == [])
        #expect(!problem.words.isEmpty)
    }

    @Test("a login has 1 to 255 bytes of each", arguments: [("", "p", false), ("n", "", false), ("n", "p", true)])
    func loginLengths(name: String, password: String, isLogin: Bool) {
        #expect((SOCKSProxy.Login(name: Secret(name), password: Secret(password)) != nil) == isLogin)
        let long = Secret(String(repeating: "x", count: 256))
        #expect(SOCKSProxy.Login(name: long, password: Secret("p")) == nil)
    }

    @Test("a login is not shown") func secrecy() {
        let login = SOCKSProxy.Login(name: Secret("anna"), password: Secret("hush"))
        #expect(!"\(String(describing: login))".contains("hush"))
        #expect(!"\(String(describing: login))".contains("anna"))
    }
}
