import GatewayKit
import Testing

@testable import Settings

@Suite("Limits in the file")
struct LimitSettingsTests {
    struct Limit: Sendable, CustomTestStringConvertible {
        let key: String
        let range: ClosedRange<Int>
        let value: @Sendable (LimitSettings) -> Int
        var testDescription: String { key }
    }

    static let limits = [
        Limit(key: "stanzas-per-second", range: 0...100_000) { Int($0.stanzasPerSecond) },
        Limit(key: "stanza-burst", range: 10...1_000_000) { $0.stanzaBurst },
        Limit(key: "contacts", range: 1...100_000) { $0.contacts },
        Limit(key: "networks", range: 1...10_000) { $0.networks },
        Limit(key: "connections", range: 1...10_000) { $0.connections },
        Limit(key: "dials-per-minute", range: 1...10_000) { $0.dialsPerMinute },
        Limit(key: "registrations-per-day", range: 1...100_000) { $0.registrationsPerDay },
        Limit(key: "rows", range: 10...1_000_000) { $0.rows },
        Limit(key: "lookups", range: 1...100) { $0.lookups },
        Limit(key: "rooms", range: 1...10_000) { $0.rooms },
        Limit(key: "clients-per-room", range: 1...1_000) { $0.clientsPerRoom },
        Limit(key: "message-lifetime", range: 1...10_080) { $0.messageLifetime },
        Limit(key: "break-seconds", range: 0...3_600) { $0.breakSeconds },
    ]

    private func load(_ section: String) -> Loading.Loaded {
        Loading.load(
            "registry: r\naccess: {allow: [a]}\n\(section)\ngateways: {a.b: {secret: {env: SECRET}, adapter: echo}}")
    }

    @Test("each is read into its own place, from its least to its largest value", arguments: limits)
    func range(limit: Limit) throws {
        for value in [limit.range.lowerBound, limit.range.lowerBound + 1, limit.range.upperBound] {
            let loaded = load("limits: {\(limit.key): \(value)}")
            let settings = try #require(loaded.configuration?.limits)
            #expect(limit.value(settings) == value)
            for other in Self.limits where other.key != limit.key {
                #expect(other.value(settings) == other.value(LimitSettings()), "\(other.key)")
            }
        }
        for value in [limit.range.lowerBound - 1, limit.range.upperBound + 1] {
            #expect(load("limits: {\(limit.key): \(value)}").problems.map(\.key) == ["limits.\(limit.key)"])
        }
    }

    @Test("a limit that does not exist is told")
    func unknown() {
        #expect(load("limits: {contact: 1}").problems.map(\.key) == ["limits.contact"])
    }

    @Test("connections of the HTTP listener are bounded, and no address may have more than all")
    func connections() throws {
        for (text, all, each) in [
            ("connections: 10", 10, 10), ("connections: 100000", 100_000, HTTPSettings.defaultConnectionsPerAddress),
            ("connections: 30, connections-per-address: 30", 30, 30), ("connections-per-address: 1", nil, 1),
        ] as [(String, Int?, Int)] {
            let http = try #require(load("http: {\(text)}").configuration?.http)
            #expect(http.connections == all ?? HTTPSettings.defaultConnections, "\(text)")
            #expect(http.connectionsPerAddress == each, "\(text)")
        }
        for (text, key) in [
            ("connections: 9", "connections"), ("connections: 100001", "connections"),
            ("connections: 30, connections-per-address: 31", "connections-per-address"),
            ("connections-per-address: 0", "connections-per-address"),
        ] {
            #expect(load("http: {\(text)}").problems.map(\.key) == ["http.\(key)"], "\(text)")
        }
    }
}
