import Basics
import GatewayKit

/// From the open socket to the end of the welcome text: capabilities, password, nick and user (RFC 2812 §3.1,
/// IRCv3 capability negotiation).
struct ConnectionRegistration: Sendable {
    /// Who to log in as.
    struct Login: Sendable {
        var nick: WantedNick
        var user: Middle
        var realName: String
        /// The server's password.
        var password: Secret?
        /// Whether a taken nick is replaced by a similar one.
        var acceptsOtherNick: Bool
        /// Longest nick in bytes for replacements, until the server tells.
        var nickLength: Int
    }

    enum Action: Equatable {
        case send(OutboundLine)
        /// 001: we are in under this nick.
        case welcomed(nick: String)
        /// The welcome text is over: requests may be sent.
        case ready
        /// The server does not let us in.
        case failed(Failure, LinkEnd.Cause)
    }

    private enum Phase { case negotiating, waiting, welcomed, ready, failed }

    private(set) var capabilities = CapabilityNegotiation()
    private(set) var login: Login
    private var phase = Phase.negotiating
    private var attempts = 0
    /// Nicks that were asked for before the wish changed; answers to them are late.
    private var superseded: Set<String> = []

    init(_ login: Login) { self.login = login }

    var isReady: Bool { phase == .ready }
    var isWelcomed: Bool { phase == .ready || phase == .welcomed }

    /// The first lines. The order is that of the modern IRC docs, "Connection Registration".
    func start() -> [OutboundLine] {
        var lines = [capabilities.start()]
        if let password = login.password { lines.append(OutboundLine(.pass, trailing: Trailing(password.reveal()))) }
        lines.append(nickLine(login.nick.name))
        lines.append(OutboundLine(.user, login.user, .zero, .star, trailing: Trailing(login.realName)))
        return lines
    }

    /// A new wish before we are in.
    mutating func change(nick: WantedNick) -> [Action] {
        superseded.insert(login.nick.name)
        login.nick = nick
        login.acceptsOtherNick = false
        attempts = 0
        return isWelcomed ? [] : [.send(nickLine(nick.name))]
    }

    /// Takes CAP at any time, and everything else while `isReady` is false.
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

    /// Where a login with SASL belongs: between the last answer to CAP REQ and CAP END.
    private mutating func endOfNegotiation() -> [Action] {
        guard phase == .negotiating, capabilities.isSettled else { return [] }
        phase = .waiting
        return [.send(OutboundLine(.cap, .end))]
    }

    private func nickLine(_ nick: String) -> OutboundLine { OutboundLine(.nick, trailing: Trailing(nick)) }

    private mutating func refused(_ number: Int, _ parameters: [String]) -> [Action] {
        switch number {
        case 431, 432, 433, 436, 437: return nickRefused(number, parameters)
        case 464: return fail(.notAuthorized, "The network wants a server password, or the one given is wrong.", .login)
        case 463, 465:
            let words = parameters.dropFirst().last.map { " It says: \(PlainText.of($0))" } ?? ""
            return fail(.forbidden, "The network does not let this gateway or you in.\(words)", .banned)
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

    /// `nick_`, `nick__`, …, within the length that the network takes.
    private func replacement(isErroneous: Bool) -> String {
        let suffix = String(repeating: "_", count: attempts)
        // A refused name is perhaps too long, or not ASCII.
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
