import GatewayKit
import HTTP

/// Names the differences between the expected and the seen values of a profile's test, for its author.
enum VectorDifference {
    /// One line for each field that differs.
    static func lines(of place: String, expected: [String: String], seen: [String: String]) -> [String] {
        Set(expected.keys).union(seen.keys).sorted().compactMap { name in
            let (wanted, found) = (expected[name], seen[name])
            guard wanted != found else { return nil }
            return line(place + "." + name, expected: wanted, seen: found)
        }
    }

    /// One line, or none if both are equal.
    static func line(_ name: String, expected: String?, seen: String?) -> String? {
        guard expected != seen else { return nil }
        return "\(name): expected \(shown(expected)), seen \(shown(seen))"
    }

    /// The differences of two JSON values, by their pointers. At most ten are named.
    static func lines(of place: String, expected: JSONValue, seen: JSONValue?) -> [String] {
        Array(lines(place, expected, seen).prefix(10))
    }

    private static func lines(_ place: String, _ expected: JSONValue?, _ seen: JSONValue?) -> [String] {
        if expected == seen { return [] }
        switch (expected, seen) {
        case (.object(let wanted)?, .object(let found)?):
            return Set(wanted.keys).union(found.keys).sorted().flatMap {
                lines(place + "/" + $0, wanted[$0], found[$0])
            }
        case (.array(let wanted)?, .array(let found)?) where wanted.count == found.count:
            return zip(wanted, found).enumerated().flatMap { lines("\(place)/\($0)", $1.0, $1.1) }
        default: return ["\(place): expected \(shown(expected)), seen \(shown(seen))"]
        }
    }

    private static func shown(_ text: String?) -> String { text.map { "'\($0.prefix(300))'" } ?? "nothing" }

    private static func shown(_ value: JSONValue?) -> String {
        switch value {
        case nil: "nothing"
        case .null?: "null"
        case .string(let text)?: "\"\(text.prefix(300))\""
        case .number(let text)?: text
        case .bool(let flag)?: flag ? "true" : "false"
        case .array(let items)?: "a list of \(items.count)"
        case .object(let members)?: "an object with \(members.keys.sorted().prefix(10).joined(separator: ", "))"
        }
    }
}
