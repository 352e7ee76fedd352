/// The maximum of targets in a line of a command (RPL_ISUPPORT `TARGMAX`, and the older `MAXTARGETS` for messages). Nil
/// means that there is no limit. A command that the server does not name takes one target.
struct TargetLimits: Sendable, Equatable {
    private(set) var join: Int? = 1
    private(set) var message: Int? = 1

    /// Sets the value of the token `TARGMAX` or `MAXTARGETS`. Nil removes it.
    mutating func set(_ key: String, _ value: String?) {
        guard key == "TARGMAX" else { return message = value.flatMap(TargetLimits.number) ?? 1 }
        self = TargetLimits()
        for item in (value ?? "").split(separator: ",") {
            let parts = item.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let number = parts.count > 1 ? TargetLimits.number(parts[1]) : nil
            switch parts[0].uppercased() {
            case "JOIN": join = number
            case "PRIVMSG": message = number
            default: break
            }
        }
    }

    private static func number(_ text: some StringProtocol) -> Int? { Int(text).flatMap { $0 > 0 ? $0 : nil } }
}
