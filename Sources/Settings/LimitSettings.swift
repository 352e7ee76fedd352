import GatewayKit

/// The section `limits`: what one user may make each gateway do and keep. A `stanzasPerSecond` of 0 means no limit.
package struct LimitSettings: Sendable, Equatable {
    /// Stanzas in a second, after `stanzaBurst` is used up.
    package var stanzasPerSecond = 100.0
    package var stanzaBurst = 2_000
    package var contacts = 5_000
    /// Networks that the user may be connected to at once.
    package var networks = 20
    /// Connections of the user to servers of networks at once, including those that are being opened.
    package var connections = 20
    /// Attempts to connect: this number at once, then this number a minute. Further attempts wait.
    package var dialsPerMinute = 30
    /// Registrations, or changes of a registration: this number at once, then this number a day.
    package var registrationsPerDay = 100
    /// Rows in the registry: settings, contacts and people met.
    package var rows = 10_000
    /// Names of servers that are being looked up at once, over all gateways.
    package var lookups = 2
    package var rooms = 200
    /// Rooms that the user enters: this number at once, then this number a minute.
    package var joinsPerMinute = 300
    /// Messages in a second, after ten times as many at once; 0 for no limit besides that of stanzas.
    package var messagesPerSecond = 0.0
    /// Clients in one room.
    package var clientsPerRoom = 50
    /// Age in minutes at which a text message fails if the network has certainly not taken it.
    package var messageLifetime = 1_440
    /// Seconds for which the user's clients stay in a room whose network is away.
    package var breakSeconds = 60

    package init() {}

    /// Reads the section; nil counts as an empty section.
    init(_ reader: ConfigReader?) {
        guard let reader else { return }
        defer { reader.finish() }
        stanzasPerSecond = reader.number("stanzas-per-second", in: 0...100_000) ?? stanzasPerSecond
        stanzaBurst = reader.integer("stanza-burst", in: 10...1_000_000) ?? stanzaBurst
        contacts = reader.integer("contacts", in: 1...100_000) ?? contacts
        networks = reader.integer("networks", in: 1...10_000) ?? networks
        connections = reader.integer("connections", in: 1...10_000) ?? connections
        dialsPerMinute = reader.integer("dials-per-minute", in: 1...10_000) ?? dialsPerMinute
        registrationsPerDay = reader.integer("registrations-per-day", in: 1...100_000) ?? registrationsPerDay
        rows = reader.integer("rows", in: 10...1_000_000) ?? rows
        lookups = reader.integer("lookups", in: 1...100) ?? lookups
        joinsPerMinute = reader.integer("joins-per-minute", in: 1...10_000) ?? joinsPerMinute
        messagesPerSecond = reader.number("messages-per-second", in: 0...100_000) ?? messagesPerSecond
        rooms = reader.integer("rooms", in: 1...10_000) ?? rooms
        clientsPerRoom = reader.integer("clients-per-room", in: 1...1_000) ?? clientsPerRoom
        messageLifetime = reader.integer("message-lifetime", in: 1...10_080) ?? messageLifetime
        breakSeconds = reader.integer("break-seconds", in: 0...3_600) ?? breakSeconds
    }
}
