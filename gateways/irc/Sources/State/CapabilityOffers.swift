/// The capabilities that the server offers, with their values, such as `PLAIN,EXTERNAL` of `sasl=PLAIN,EXTERNAL`
/// (IRCv3 capability negotiation, "Capability Values"). Kept as long as the connection: the server may change them.
struct CapabilityOffers: Sendable, Equatable {
    /// The number of names that are kept. Servers offer far fewer.
    static let limit = 200

    private var values: [String: String] = [:]

    /// Adds names with or without values, as `CAP LS` and `CAP NEW` list them. A value that is offered again replaces
    /// the one before. Names above the limit are left out.
    mutating func add(_ list: String) {
        for entry in list.split(separator: " ") {
            let name = entry.prefix { $0 != "=" }
            guard values.count < CapabilityOffers.limit || values[String(name)] != nil else { continue }
            values[String(name)] = String(entry[name.endIndex...].dropFirst())
        }
    }

    /// Removes names, as `CAP DEL` lists them.
    mutating func remove(_ list: String) {
        for entry in list.split(separator: " ") { values[String(entry.prefix { $0 != "=" })] = nil }
    }

    /// The value of an offered capability; empty if it has none, nil if it is not offered.
    subscript(name: String) -> String? { values[name] }

    /// The offered capabilities that we can use.
    var known: Set<Capability> { Set(values.keys.compactMap(Capability.init(rawValue:))) }
}
