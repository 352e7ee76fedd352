import Basics
import GatewayKit

/// A field of the login form. A name that biboumi has is the same here, because users know it.
enum LoginField: String, CaseIterable, Sendable {
    case nick, realname, username
    case serverPassword = "pass"
    case account = "sasl_account"
    case accountPassword = "sasl_password"
    case mechanism = "sasl_mechanism"
    case certificate
    case certificateKey = "certificate_key"
    case commands = "after_connect_commands"

    /// The maximum of commands after a connect.
    static let commandLimit = 10

    var formField: FormField {
        FormField(
            rawValue, label: label, kind: kind,
            options: self == .mechanism ? SASLMechanism.allCases.map(\.rawValue) : [], isForOneNetwork: isForOneNetwork,
            // Many people log in to services with these commands, so they contain passwords.
            isSealed: self == .commands)
    }

    private var label: String {
        switch self {
        case .nick: "Nick"
        case .realname: "Real name, which others can see"
        case .username: "User name, the part before the @ of your address on IRC"
        case .serverPassword: "Server password, if the network requires one"
        case .account: "Name of your account on the network (NickServ), if it is not your nick"
        case .accountPassword: "Password of your account on the network"
        case .mechanism: "How to log in to your account; empty for the best way that the network offers"
        case .certificate: "Certificate to log in with: write new to get one; its SHA-256 fingerprint then stands here"
        case .certificateKey: "A certificate of your own and its key, both in PEM, instead of a new one"
        case .commands: "Commands to send after each connect, such as MODE anna +x, one on each line"
        }
    }

    var kind: FormField.Kind {
        switch self {
        case .serverPassword, .accountPassword, .certificateKey: .secret
        case .commands: .lines
        case .nick, .realname, .username, .account, .mechanism, .certificate: .text
        }
    }

    private var isForOneNetwork: Bool {
        switch self {
        case .nick, .realname, .username: false
        case .serverPassword, .account, .accountPassword, .mechanism, .certificate, .certificateKey, .commands: true
        }
    }

    /// The maximum length of a value in bytes.
    var limit: Int { self == .commands || self == .certificateKey ? 4_096 : 300 }

    /// Whether a value of this field must not have this character.
    func refuses(_ scalar: Unicode.Scalar) -> Bool {
        (scalar.value < 0x20 || scalar.value == 0x7F) && !(kind == .lines && scalar == "\n")
    }

    /// Throws, with words for the user, if the text is not valid for this field.
    func check(_ text: String) throws(Failure) {
        switch self {
        case .nick: if !WantedNick.isValid(text) { throw IRCClient.badNick(text) }
        case .username:
            guard UserName.isValid(text) else {
                throw Failure(.notAcceptable, "A user name on IRC is made of letters, digits, and . _ - only.")
            }
        case .account:
            guard MiddleParameter(text) != nil else {
                throw Failure(.notAcceptable, "The name of an account has no spaces and no commas.")
            }
        case .mechanism:
            guard SASLMechanism(rawValue: text) != nil else {
                let known = SASLMechanism.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure(.notAcceptable, "The way to log in is one of \(known), or empty.")
            }
        case .commands: _ = try Self.lines(of: text)
        case .realname, .serverPassword, .accountPassword, .certificate, .certificateKey: break
        }
    }

    /// The commands of the field `commands`. Throws if there are too many, or if one of them is no line of IRC.
    static func lines(of text: String) throws(Failure) -> [OutboundLine] {
        let texts = text.split(separator: "\n").map(String.init).filter { !$0.trimmed.isEmpty }
        guard texts.count <= commandLimit else {
            throw Failure(.notAcceptable, "At most \(commandLimit) commands can be sent after a connect.")
        }
        var lines: [OutboundLine] = []
        for (index, text) in texts.enumerated() {
            do throws(RawLine.Flaw) {
                lines.append(OutboundLine(try RawLine(text.trimmed)))
            } catch {
                throw Failure(.notAcceptable, "Command \(index + 1) cannot be sent. \(error.words)")
            }
        }
        return lines
    }
}
