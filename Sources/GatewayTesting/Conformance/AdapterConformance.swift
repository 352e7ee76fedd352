import GatewayKit

/// Checks any adapter against the contract of `GatewayKit`, through that contract alone. A test of an adapter is
///
///     let violations = try await AdapterConformance(samples: samples, network: { … }).run()
///     #expect(violations == [])
///
/// Every check gets an adapter of its own on a network of its own, so that none can spoil the next. All calls are
/// made on the caller's executor; a caller whose adapter insists on an event loop is isolated to that loop.
package struct AdapterConformance {
    /// Runs where the suite runs, so that it may touch what the test keeps.
    package typealias Pump = nonisolated(nonsending) () async throws -> Void

    /// A network of the test's making and an adapter that reaches it.
    package struct Network {
        package let adapter: any Adapter
        /// Lets both sides work until neither has anything to do. Must come back also if the adapter is stuck.
        package let pump: Pump
        /// Makes `samples.peer` write this text to the account; nil if the network cannot be made to.
        package let write: ((String) throws -> Void)?
        /// Makes an occupant of `samples.room` say this text there; nil if the network cannot be made to.
        package let say: ((String) throws -> Void)?
        /// How many of the messages written so far the network believes to be taken; asked only for stored addresses.
        package let acknowledged: () -> Int
        /// How much the adapter has written to the network so far: anything that grows with each request that reaches
        /// it, and with nothing else. Nil if it cannot be counted.
        package let written: (() -> Int)?

        package init(
            adapter: any Adapter, pump: @escaping Pump = {},
            write: ((String) throws -> Void)? = nil, say: ((String) throws -> Void)? = nil,
            acknowledged: @escaping () -> Int = { 0 }, written: (() -> Int)? = nil
        ) {
            self.adapter = adapter
            self.pump = pump
            self.write = write
            self.say = say
            self.acknowledged = acknowledged
            self.written = written
        }
    }

    let samples: ConformanceSamples
    let makeNetwork: () throws -> Network

    package init(samples: ConformanceSamples, network: @escaping () throws -> Network) {
        self.samples = samples
        makeNetwork = network
    }

    /// Runs every check. Returns what the adapter does against the contract; an empty list is a pass. Throws only
    /// what `network` and `pump` throw.
    nonisolated(nonsending) package func run() async throws -> [ConformanceViolation] {
        let findings = ConformanceFindings()
        let rules = try makeNetwork().adapter.rules
        AddressChecks(rules: rules, samples: samples, findings: findings).run()
        LoginChecks(rules: rules, samples: samples, findings: findings).run()
        try await RequestChecks(conformance: self, findings: findings).run()
        try await CapabilityChecks(conformance: self, findings: findings).run()
        try await RoomChecks(conformance: self, findings: findings).run()
        try await CloseChecks(conformance: self, findings: findings).run()
        try await InboundChecks(conformance: self, findings: findings).run()
        return findings.all
    }
}

/// What the suite has to know of a network to try it out.
package struct ConformanceSamples {
    /// The account whose session is tried. Its settings have passed `check(login:)`.
    package var account: Account
    /// Addresses of every kind the network has, in canonical form.
    package var addresses: [Address]
    /// What people type into the contact prompt and must be understood.
    package var typed: [String]
    /// Localparts that can never be an address.
    package var refused: [String]
    /// A form that passes, every field filled in.
    package var login: [String: String]
    /// Someone who can be written to.
    package var peer: PeerAddress
    /// A room that can be entered; nil if the network has none.
    package var room: RoomAddress?
    /// A room that cannot be entered because it does not exist or wants something we lack; nil if there is no such.
    package var closedRoom: RoomAddress?
    /// A name that is free.
    package var newNick: String
    /// Someone in `room` whom the account may remove from it.
    package var kickable: String?

    package init(
        account: Account, addresses: [Address], typed: [String], refused: [String], login: [String: String],
        peer: PeerAddress, room: RoomAddress? = nil, closedRoom: RoomAddress? = nil, newNick: String = "newname",
        kickable: String? = nil
    ) {
        self.account = account
        self.addresses = addresses
        self.typed = typed
        self.refused = refused
        self.login = login
        self.peer = peer
        self.room = room
        self.closedRoom = closedRoom
        self.newNick = newNick
        self.kickable = kickable
    }
}
