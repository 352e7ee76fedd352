import Foundation
import GatewayKit

extension ConfigReader {
    /// The strings of a list. Each is checked: `flaw` returns the fault of a string, or nil.
    func entries(_ key: String, flaw: (String) -> String?) -> [String] {
        guard let node = node(key) else { return [] }
        guard case .list(let items) = node.value else { return strings(key) }
        for item in items {
            guard case .scalar(let text) = item.value, let flaw = flaw(text) else { continue }
            problems.add(ConfigProblem(at: item.place, key: path(key), "'\(text)' \(flaw)"))
        }
        return strings(key)
    }

    /// A public address of ours, with which others reach us; nil if it is absent, or wrong, which is reported.
    func publicURL(_ key: String) -> String? {
        guard let text = string(key) else { return nil }
        let parts = URLComponents(string: text)
        guard let parts, let scheme = parts.scheme, ["http", "https"].contains(scheme), parts.host?.isEmpty == false,
            parts.user == nil, parts.query == nil, parts.fragment == nil,
            parts.port.map({ (1...65_535).contains($0) }) ?? true
        else {
            report(key, "'\(text)' is not an address such as https://gw.example.org")
            return nil
        }
        guard !text.hasSuffix("/") else {
            report(key, "write it without the slash at the end")
            return nil
        }
        return text
    }
}
