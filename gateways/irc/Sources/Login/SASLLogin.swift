import Basics

/// A login by SASL (IRCv3 sasl-3.2): tries one mechanism after the other.
struct SASLLogin: Sendable {
    /// An action for the caller, or the end of the login.
    enum Step: Equatable {
        case send(OutboundLine)
        case succeeded
        /// The network refuses these credentials. The text is for the user.
        case refused(String)
        /// The server has not decided: no mechanism fits, or no answer has come. A later attempt may succeed.
        case unavailable(String)
    }

    /// How many iterations of `PasswordKey` one slice has: about a millisecond.
    static let slice = 1_000

    private let credentials: Credentials
    private let nonce: String
    /// The mechanisms that are left to try.
    private var mechanisms: [SASLMechanism]
    private var exchange: SASLExchange?
    private var payload = SASLPayload()
    /// The number of attempts so far. It makes each nonce different.
    private var attempts = 0
    /// Whether the server has answered the name of the present mechanism with its list of mechanisms (908), so that
    /// a refusal (904) still belongs to the mechanism before.
    private var hasListed = false
    private var hasEnded = false
    /// The reason of the last failure, for the user.
    private var problem = "The network offers no way to log in by the password or certificate in your settings."
    /// Whether the server has refused a mechanism. If none is left then, the login is refused.
    private var wasRefused = false

    /// - Parameters:
    ///   - offered: the value of the capability `sasl`, a list of mechanisms; empty if the server does not tell them.
    ///   - nonce: as for `ScramExchange`. It is used for this login only.
    init(_ credentials: Credentials, offered: String, nonce: String) {
        self.credentials = credentials
        self.nonce = nonce
        mechanisms = credentials.mechanisms
        if !offered.isEmpty { keep(offered) }
    }

    /// Whether there is a mechanism to try.
    var isPossible: Bool { !mechanisms.isEmpty }

    /// Whether a key must be computed.
    var wantsKey: Bool { !hasEnded && exchange?.isDeriving == true }

    /// Starts the next mechanism.
    mutating func start() -> [Step] {
        guard !hasEnded else { return [] }
        while !mechanisms.isEmpty {
            let mechanism = mechanisms.removeFirst()
            attempts += 1
            payload = SASLPayload()
            exchange = SASLExchange(mechanism, credentials, nonce: nonce + String(attempts))
            if exchange != nil { return [.send(SASLPayload.line(mechanism.rawValue))] }
        }
        hasEnded = true
        return [wasRefused ? .refused(problem) : .unavailable(problem)]
    }

    /// Handles AUTHENTICATE, and the numerics 902 to 908.
    mutating func received(_ message: IRCMessage) -> [Step] {
        guard !hasEnded, exchange != nil else { return [] }
        switch message.command {
        case .verb(.authenticate): return received(piece: message.parameters.last ?? "+")
        case .numeric(903), .numeric(907): return succeeded()
        case .numeric(902): return end(.refused(Self.words(message)))
        case .numeric(904), .numeric(905), .numeric(906):
            if hasListed {
                hasListed = false
                return []
            }
            problem = Self.words(message)
            wasRefused = true
            return start()
        case .numeric(908):
            if message.parameters.count > 1 { keep(message.parameters[1]) }
            defer { hasListed = true }
            return start()
        default: return []
        }
    }

    /// Does a slice of the computation of a key.
    mutating func deriveKeySlice() -> [Step] {
        guard wantsKey, let message = exchange?.derive(Self.slice) else { return [] }
        return SASLPayload.lines(message).map(Step.send)
    }

    /// Ends the login, because the server has not answered in time.
    mutating func timedOut() -> [Step] {
        guard !hasEnded else { return [] }
        return [.send(SASLPayload.line("*"))] + end(.unavailable("The network's account service does not answer."))
    }

    private mutating func received(piece: String) -> [Step] {
        hasListed = false
        switch payload.add(piece) {
        case .more: return []
        case .malformed: return abort("The server sent a message that cannot be read.")
        case .message(let bytes):
            switch exchange?.received(bytes) {
            case .send(let answer)?: return SASLPayload.lines(answer).map(Step.send)
            case .proved?: return SASLPayload.lines([]).map(Step.send)
            case .failed(let reason)?: return abort(reason)
            case .derive?, nil: return []
            }
        }
    }

    /// Ends the login even if other mechanisms are left. The server has broken the rules, so it may be a false one, and
    /// the next mechanism (PLAIN) would give it the password.
    private mutating func abort(_ reason: String) -> [Step] {
        [.send(SASLPayload.line("*"))] + end(.refused(reason))
    }

    private mutating func succeeded() -> [Step] {
        guard exchange?.isProved == true else {
            return end(.refused("The server did not prove that it knows your password, so it may be the wrong server."))
        }
        return end(.succeeded)
    }

    private mutating func end(_ step: Step) -> [Step] {
        hasEnded = true
        return [step]
    }

    /// Drops the mechanisms that are not in the server's list.
    private mutating func keep(_ list: String) {
        let names = Set(list.split(separator: ",").map { $0.uppercased() })
        mechanisms.removeAll { !names.contains($0.rawValue) }
    }

    private static func words(_ message: IRCMessage) -> String {
        let words = message.parameters.dropFirst().last.map { PlainText.withoutFormatting($0).clipped(toBytes: 300) }
        return "The network says: \(words ?? "no reason")"
    }
}
