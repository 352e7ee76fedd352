import Testing

@testable import IRCAdapter

/// Reads the section of the network `libera`, which must be without problems.
func readNetwork(_ settings: TestNode, profile: TestNode? = nil) throws -> IRCNetwork {
    let reading = TestNode.map([("networks", .map([("libera", settings)]))])
        .read(profiles: profile.map { ["libera": $0] } ?? [:])
    #expect(reading.problems == [])
    return try #require(reading.settings?.network(named: "libera"))
}
