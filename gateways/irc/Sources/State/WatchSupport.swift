/// The commands by which a server tells whether people are online (RPL_ISUPPORT `MONITOR` and `WATCH`). Each value is
/// the maximum of nicks on the list; nil if the server does not have the command.
struct WatchSupport: Sendable, Equatable {
    private(set) var monitor: Int?
    private(set) var watch: Int?

    /// The number of nicks that is assumed for a token without a number, which means that there is no limit.
    static let unlimited = 1_000

    /// Sets the value of the token `MONITOR` or `WATCH`. Nil removes it.
    mutating func set(_ key: String, _ value: String?) {
        let limit = value.flatMap { $0.isEmpty ? WatchSupport.unlimited : Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        if key == "MONITOR" { monitor = limit } else { watch = limit }
    }
}
