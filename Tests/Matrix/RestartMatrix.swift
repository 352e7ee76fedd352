import ServerRig

/// Restarts servers, and cuts the network to them, during conversations in channels, and counts the fate of every message
/// and every occupant.
struct RestartMatrix {
    let times: Int
    private static let users = 4

    /// Runs the matrix. Returns false if a sender heard nothing about a message, or an occupant was left as a ghost.
    func run() async throws -> Bool {
        var plan = Plan(networks: [.ngircd, .inspircd])
        (plan.hasFaults, plan.isFloodAllowed) = (true, true)
        Screen.show("Prosody, ngIRCd, InspIRCd and Martlet start …")
        let world = try await Deployment.start(plan)
        do {
            let isKept = try await play(world)
            await world.stop()
            return isKept
        } catch {
            await world.stop()
            throw error
        }
    }

    private func play(_ world: Deployment) async throws -> Bool {
        let talk = Talk(during: .none)
        let company = try await Company(Self.users, in: world, talk: talk)
        try world.faults.stream.watch(.inward) { talk.passed($0) }
        for network in world.plan.networks { try await company.gather(on: network) }
        try await company.enter()
        try await company.awaitWhole()
        let beats = Beats()
        let sayings = Metronome(every: .milliseconds(50)) { company.say(beats.next()) }
        let calls = Metronome(every: .milliseconds(250)) { company.call(beats.next()) }
        defer {
            sayings.stop()
            calls.stop()
        }
        var longest: [Disturbance: Duration] = [:]
        for time in 1...times {
            if time > 1 { try await awaitSteady() }
            for disturbance in Disturbance.round(time) {
                let took = try await disturb(disturbance, company)
                longest[disturbance] = max(took, longest[disturbance] ?? .zero)
                Screen.show("   round \(time) of \(times): \(disturbance.rawValue); everybody back after \(took.words)")
            }
        }
        sayings.stop()
        calls.stop()
        return try await close(company, longest)
    }

    /// Lets people talk for a minute without a disturbance. After it, the pause before the next attempt to reconnect is
    /// short again.
    private func awaitSteady() async throws {
        let end = ContinuousClock.now + .seconds(62)
        Screen.show("   a minute of peace")
        try await poll("a minute of peace", within: .seconds(90), every: .milliseconds(500)) {
            ContinuousClock.now < end ? nil : ()
        }
    }

    /// Makes one restart or cut, and returns the time until everybody was back and could talk.
    private func disturb(_ disturbance: Disturbance, _ company: Company) async throws -> Duration {
        let world = company.world
        company.talk.begin(disturbance)
        let said = company.talk.count
        try await poll("everybody to talk") { company.talk.count < said + 20 ? nil : () }
        let begun = ContinuousClock.now
        company.talk.mark("the \(disturbance.cut == nil ? "restart" : "cut")")
        if let network = disturbance.network, let cut = disturbance.cut {
            try await self.cut(network, cut, company)
        } else if let network = disturbance.network {
            let daemon = try world.server(network).daemon
            company.scatter(on: network)
            if disturbance == .inspircd { await daemon.crash() } else { await daemon.stop() }
            try await daemon.start()
            try await company.gather(on: network)
        } else {
            if disturbance == .homeKilled { await world.home.daemon.crash() } else { await world.home.daemon.stop() }
            try await poll("all users to be offline") { company.isAnybodyTalking ? nil : () }
            try await world.home.daemon.start()
            try await world.awaitGateways()
            company.talk.mark("Martlet's return")
            try await company.enter()
            company.talk.mark("the users' return")
        }
        try await company.awaitWhole()
        try await company.awaitUse()
        return ContinuousClock.now - begun
    }

    /// Cuts the connections of all users to a network, and returns when the server has seen that.
    private func cut(_ network: Plan.Network, _ cut: Disturbance.Cut, _ company: Company) async throws {
        let proxy = try company.world.faults.network(network)
        if cut == .silent {
            proxy.stall(.inward)
            let said = company.talk.count
            try await poll("talk without answers") { company.talk.count < said + 40 ? nil : () }
        }
        if cut == .long { proxy.refuse(true) }
        proxy.strike(.cut)
        proxy.release()
        try await poll("the server to miss the users", every: .milliseconds(20)) {
            try await company.members(on: network).isSuperset(of: company.nicks) ? nil : ()
        }
        guard cut == .long else { return }
        try await poll("the clients to be told that they are out", within: .seconds(90), every: .milliseconds(200)) {
            company.isAnybodyIn(network) ? nil : ()
        }
        proxy.refuse(false)
        try await company.enter(again: network)
    }

    private func close(_ company: Company, _ longest: [Disturbance: Duration]) async throws -> Bool {
        company.stopTalking()
        try await company.fence()
        // A network has 15 seconds to prove that it has taken a message.
        _ = try? await poll("a word about every message", within: .seconds(20)) {
            company.talk.now.outbound.allSatisfy { !$0.isSilent } ? () : nil
        }
        try await company.leave()
        var ghosts: [String] = []
        for network in company.world.plan.networks {
            do {
                try await poll("the users to leave \(network)") {
                    try await company.members(on: network) == ["anna", "ben"] ? () : nil
                }
            } catch {
                ghosts.append("\(network) keeps \(try await company.members(on: network).sorted())")
            }
        }
        return RestartReport(talk: company.talk.now, users: Self.users, longest: longest, ghosts: ghosts).show()
    }
}

extension Talk.Outbound {
    /// Whether the sender got neither the reflection nor an error, and should have got one. It is no fault if the XMPP
    /// server was restarted and the channel has the message: the sender's session ended with the server.
    var isSilent: Bool {
        isPassed && !isShown && errors.isEmpty && !(during.isOfHome && arrivals > 0)
    }

    var isBoth: Bool { isShown && !errors.isEmpty }

    /// Whether the sender has seen the message in the room, and the channel has not. Only if its people have stayed.
    var isPretended: Bool { isShown && arrivals == 0 && (during.network == nil || during.cut != nil) }
}
