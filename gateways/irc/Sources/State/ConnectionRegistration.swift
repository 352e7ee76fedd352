import Basics
import GatewayKit

/// The registration of a connection, from the open socket to the end of the welcome text: capabilities, password, nick
/// and user (RFC 2812 §3.1, IRCv3 capability negotiation).
struct ConnectionRegistration: Sendable {
    /// The names and the password to log in with.
    struct Login: Sendable {
        var nick: WantedNick
        var user: MiddleParameter
        var realName: String
        /// The server password (PASS).
        var password: Secret?
        /// Whether a taken nick is replaced by a similar one.
        var acceptsOtherNick: Bool
        /// The greatest length in bytes of a replaced nick.
        var nickLength: Int
    }

    /// An action for `IRCClient`.
    enum Action: Equatable {
        case send(OutboundLine)
        /// The server has accepted us (001), under this nick.
        case welcomed(nick: String)
        /// The welcome text is over: requests may be sent.
        case ready
        /// The server has refused the login.
        case failed(Failure, LinkEnd.Cause)
    }

    private enum Phase { case negotiating, waiting, welcomed, ready, failed }

    private(set) var capabilities = CapabilityNegotiation()
    private(set) var login: Login
    private var phase = Phase.negotiating
    private var attempts = 0
    /// Nicks that we asked for before the user chose another one. Refusals of them are ignored.
    private var superseded: Set<String> = []

    init(_ login: Login) { self.login = login }

    var isReady: Bool { phase == .ready }
    var isWelcomed: Bool { phase == .ready || phase == .welcomed }

    /// The first lines to send, in the order of the modern IRC docs, "Connection Registration".
    func start() -> [OutboundLine] {
        var lines = [capabilities.start()]
        if let password = login.password {
            lines.append(OutboundLine(.pass, trailing: TrailingParameter(password.reveal())))
        }
        lines.append(nickLine(login.nick.name))
        lines.append(OutboundLine(.user, login.user, .zero, .star, trailing: TrailingParameter(login.realName)))
        return lines
    }

    /// Changes the nick to log in with. Call this before the welcome.
    mutating func change(nick: WantedNick) -> [Action] {
        superseded.insert(login.nick.name)
        login.nick = nick
        login.acceptsOtherNick = false
        attempts = 0
        return isWelcomed ? [] : [.send(nickLine(nick.name))]
    }

    /// Handles a line of the server. Call it with CAP lines at any time, and with all lines while `isReady` is false.
    mutating func received(_ message: IRCMessage) -> [Action] {
        guard phase != .failed else { return [] }
        switch message.command {
        case .verb(.cap):
            let requests = capabilities.received(message.parameters).map(Action.send)
            return requests + endOfNegotiation()
        case .numeric(410), .numeric(421):
            guard phase == .negotiating else { return [] }
            capabilities.unsupported()
            return endOfNegotiation()
        case .numeric(1):
            guard phase == .negotiating || phase == .waiting else { return [] }
            phase = .welcomed
            return [.welcomed(nick: message.parameters.first ?? login.nick.name)]
        case .numeric(376), .numeric(422):
            guard phase == .welcomed else { return [] }
            phase = .ready
            return [.ready]
        case .numeric(let number):
            return isWelcomed ? [] : refused(number, message.parameters)
        case .verb:
            return []
        }
    }

    /// Sends CAP END once the last CAP REQ is answered. A login with SASL would go before it.
    private mutating func endOfNegotiation() -> [Action] {
        guard phase == .negotiating, capabilities.isSettled else { return [] }
        phase = .waiting
        return [.send(OutboundLine(.cap, .end))]
    }

    private func nickLine(_ nick: String) -> OutboundLine { OutboundLine(.nick, trailing: TrailingParameter(nick)) }

    private mutating func refused(_ number: Int, _ parameters: [String]) -> [Action] {
        switch number {
        case 431, 432, 433, 436, 437: return nickRefused(number, parameters)
        case 464: return fail(.notAuthorized, "The network requires a server password, or yours is wrong.", .login)
        case 463, 465:
            let words = parameters.dropFirst().last.map { " It says: \(PlainText.withoutFormatting($0))" } ?? ""
            return fail(.forbidden, "The network has refused you or this gateway.\(words)", .banned)
        default: return []
        }
    }

    private mutating func nickRefused(_ number: Int, _ parameters: [String]) -> [Action] {
        if parameters.count > 2, superseded.contains(parameters[1]), parameters[1] != login.nick.name { return [] }
        attempts += 1
        if login.acceptsOtherNick, attempts <= 6 {
            return [.send(nickLine(replacement(isErroneous: number == 432)))]
        }
        let nick = login.nick.name
        if number == 431 || number == 432 {
            return fail(.malformedAddress, "\(nick) is not a nick that this network allows. Choose another one.", .nick)
        }
        return fail(.conflict, "The nick \(nick) is in use on this network. Choose another one.", .nick)
    }

    /// Makes `nick_`, `nick__` and so on, within the length that the network allows.
    private func replacement(isErroneous: Bool) -> String {
        let suffix = String(repeating: "_", count: attempts)
        // The server may have refused the nick because it is too long or not ASCII.
        let base =
            isErroneous
            ? String(decoding: login.nick.name.utf8.map { $0 < 0x80 ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
            : login.nick.name
        let length = isErroneous ? min(9, login.nickLength) : login.nickLength
        return base.clipped(toBytes: max(length - attempts, 1)) + suffix
    }

    private mutating func fail(_ kind: Failure.Kind, _ text: String, _ cause: LinkEnd.Cause) -> [Action] {
        phase = .failed
        return [.failed(Failure(kind, text), cause)]
    }
}
