/// The reason why a SOCKS5 proxy made no connection.
package enum SOCKSProblem: Error, Sendable, Equatable {
    /// The proxy cannot be reached; the text says why.
    case unreachable(String)
    /// The proxy closed the connection.
    case closed
    /// The peer does not speak SOCKS5.
    case noSOCKS5
    /// The proxy demands a name and a password, and none are configured.
    case loginMissing
    /// The proxy refuses the name and the password, or takes none.
    case loginRefused
    /// The proxy could not make the connection. The code is that of RFC 1928 §6.
    case refused(code: UInt8)

    /// The reason as a clause, for the log and for users.
    package var words: String {
        switch self {
        case .unreachable(let reason): reason
        case .closed: "it closed the connection"
        case .noSOCKS5: "it does not speak SOCKS5"
        case .loginMissing: "it demands a name and a password"
        case .loginRefused: "it refuses the name and password"
        case .refused(let code): SOCKSProblem.codes[code] ?? "it answered with the unknown code \(code)"
        }
    }

    private static let codes: [UInt8: String] = [
        1: "it gave no reason", 2: "its rules forbid this connection", 3: "the network cannot be reached from it",
        4: "the host cannot be reached from it, or has no such name", 5: "the server refuses the connection",
        6: "the connection took too long", 7: "it does not support such connections",
        8: "it does not support addresses of this kind",
    ]
}
