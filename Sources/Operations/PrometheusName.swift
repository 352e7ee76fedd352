/// Names as Prometheus allows them (its data model: `[a-zA-Z_:][a-zA-Z0-9_:]*`, labels without the colon).
enum PrometheusName {
    /// The name of a metric, in which every character that is not allowed becomes `_`.
    static func metric(_ name: String) -> String { clean(name, allowsColon: true) }

    static func label(_ name: String) -> String { clean(name, allowsColon: false) }

    /// The name of a metric with the unit or kind that it has to end in.
    static func metric(_ name: String, suffix: String) -> String {
        let clean = metric(name)
        return clean.hasSuffix(suffix) ? clean : clean + suffix
    }

    private static func clean(_ name: String, allowsColon: Bool) -> String {
        var bytes = name.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                byte
            case UInt8(ascii: ":") where allowsColon: byte
            default: UInt8(ascii: "_")
            }
        }
        if bytes.isEmpty || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[0]) {
            bytes.insert(UInt8(ascii: "_"), at: 0)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
