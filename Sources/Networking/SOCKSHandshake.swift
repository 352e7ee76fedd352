import Basics

/// The client's side of the SOCKS5 handshake (RFC 1928, RFC 1929), as a value: bytes of the proxy in, actions out.
struct SOCKSHandshake {
    enum Action: Equatable {
        /// Send these bytes to the proxy.
        case send([UInt8])
        /// The proxy has made the connection. `rest` has the bytes of the server that have come already.
        case done(rest: [UInt8])
        case failed(SOCKSProblem)
    }

    private enum Phase { case greeted, loggingIn, asked, ended }

    private let target: Endpoint
    private let login: SOCKSProxy.Login?
    private var phase = Phase.greeted
    /// The bytes that do not make a whole answer yet. An answer has at most 262 bytes.
    private var received: [UInt8] = []

    init(to target: Endpoint, login: SOCKSProxy.Login?) {
        self.target = target
        self.login = login
    }

    /// The first bytes to send: the version, and the methods of authentication that we have (RFC 1928 §3).
    var greeting: [UInt8] { login == nil ? [5, 1, 0] : [5, 2, 0, 2] }

    /// Takes bytes of the proxy. Call it in the order in which they arrive, and no more after `done` or `failed`.
    mutating func receive(_ bytes: some Sequence<UInt8>) -> [Action] {
        received += bytes
        var actions: [Action] = []
        while let action = next() { actions.append(action) }
        return actions
    }

    private mutating func next() -> Action? {
        switch phase {
        case .greeted: return take(2).map { methodChosen(version: $0[0], method: $0[1]) }
        case .loggingIn:
            return take(2).map { $0[1] == 0 ? ask() : end(.failed(.loginRefused)) }
        case .asked: return answer()
        case .ended: return nil
        }
    }

    private mutating func methodChosen(version: UInt8, method: UInt8) -> Action {
        guard version == 5 else { return end(.failed(.noSOCKS5)) }
        switch (method, login) {
        case (0, _): return ask()
        case (2, let login?):
            phase = .loggingIn
            let (name, password) = (Array(login.name.reveal().utf8), Array(login.password.reveal().utf8))
            return .send([1, UInt8(name.count)] + name + [UInt8(password.count)] + password)
        case (0xFF, nil): return end(.failed(.loginMissing))
        default: return end(.failed(.loginRefused))
        }
    }

    /// Asks for the connection (RFC 1928 §4).
    private mutating func ask() -> Action {
        phase = .asked
        let address: [UInt8]
        switch IPAddress(target.host) {
        case let ip? where ip.bytes.count == 4: address = [1] + ip.bytes
        case let ip?: address = [4] + ip.bytes
        case nil:
            let name = Array(target.host.utf8.prefix(255))
            address = [3, UInt8(name.count)] + name
        }
        return .send([5, 1, 0] + address + [UInt8(target.port >> 8 & 0xFF), UInt8(target.port & 0xFF)])
    }

    /// Reads the answer to the request (RFC 1928 §6).
    private mutating func answer() -> Action? {
        guard received.count >= 2 else { return nil }
        guard received[0] == 5 else { return end(.failed(.noSOCKS5)) }
        guard received[1] == 0 else { return end(.failed(.refused(code: received[1]))) }
        guard received.count >= 5 else { return nil }
        let length: Int
        switch received[3] {
        case 1: length = 4
        case 3: length = 1 + Int(received[4])
        case 4: length = 16
        default: return end(.failed(.noSOCKS5))
        }
        guard let _ = take(4 + length + 2) else { return nil }
        return end(.done(rest: received))
    }

    private mutating func take(_ count: Int) -> [UInt8]? {
        guard received.count >= count else { return nil }
        defer { received.removeFirst(count) }
        return Array(received.prefix(count))
    }

    private mutating func end(_ action: Action) -> Action {
        phase = .ended
        return action
    }
}
