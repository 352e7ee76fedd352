import GatewayKit

/// Checks any adapter against the contract of `GatewayKit`. It uses only what this contract offers. A test of an
/// adapter is
///
///     let violations = try await AdapterConformance(samples: samples, network: { … }).run()
///     #expect(violations == [])
///
/// Every trial gets a new adapter on a new network, so that no trial can disturb the next. All calls are made on the
/// caller's executor. If the adapter needs an event loop, isolate the caller to that loop.
package struct AdapterConformance {
    /// A pump runs on the executor of the suite, so it may use the state of the test.
    package typealias Pump = nonisolated(nonsending) () async throws -> Void

    /// A simulated network, made by the test, and an adapter that reaches it.
    package struct Network {
        package let adapter: any Adapter
        /// Lets the adapter and the network work until both are idle. Must return even if the adapter is stuck.
        package let pump: Pump
        /// Makes `samples.peer` write this text to the account; nil if the test cannot do this.
        package let write: ((String) throws -> Void)?
        /// Makes an occupant of `samples.room` say this text there; nil if the test cannot do this.
        package let say: ((String) throws -> Void)?
        /// The number of messages that the adapter has acknowledged to the network so far. Called only for stored
        /// addresses.
        package let acknowledged: () -> Int
        /// A number that grows with each request that the adapter writes to the network, and with nothing else. Nil if
        /// the test cannot count requests.
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

    /// Runs every check. Returns the violations of the contract; an empty list is a pass. Throws only the errors of
    /// `network` and `pump`.
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

/// Sample data of a network, with which the suite tries an adapter.
package struct ConformanceSamples {
    /// The account whose session is opened. Its settings have passed `check(login:)`.
    package var account: Account
    /// Addresses of every kind that the network has, in canonical form.
    package var addresses: [Address]
    /// Texts that people type into the contact prompt and that `normalize` must accept.
    package var typed: [String]
    /// Localparts that `address(localpart:)` must refuse.
    package var refused: [String]
    /// A valid login form with every field filled in.
    package var login: [String: String]
    /// A person who accepts messages.
    package var peer: PeerAddress
    /// A room that can be entered; nil if the network has none.
    package var room: RoomAddress?
    /// A room that the account cannot enter, because it does not exist or requires a password, for example. Nil if
    /// there is none.
    package var closedRoom: RoomAddress?
    /// A nick that is free.
    package var newNick: String
    /// The nick of an occupant of `room` whom the account may kick; nil if there is none.
    package var kickable: String?
    /// A command that people can type into any conversation; nil if there is none.
    package var command: String?

    package init(
        account: Account, addresses: [Address], typed: [String], refused: [String], login: [String: String],
        peer: PeerAddress, room: RoomAddress? = nil, closedRoom: RoomAddress? = nil, newNick: String = "newname",
        kickable: String? = nil, command: String? = nil
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
        self.command = command
    }
}
