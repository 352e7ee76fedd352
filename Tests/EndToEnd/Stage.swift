import ServerRig
import Testing

/// Starts one deployment for a whole suite. Stops it after the suite's last scenario, even if scenarios fail.
struct Stage: SuiteTrait, TestScoping {
    @TaskLocal private static var current: Deployment?

    let plan: Plan

    /// The deployment of the running suite.
    static var deployment: Deployment {
        get throws { try #require(current, "this scenario is in no suite with a stage") }
    }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing scenarios: @Sendable () async throws -> Void
    ) async throws {
        try await Self.with(plan) { deployment in
            try await Self.$current.withValue(deployment) { try await scenarios() }
        }
    }

    /// Makes a deployment for one scenario that would disturb others.
    static func with(_ plan: Plan, _ scenario: (Deployment) async throws -> Void) async throws {
        let deployment = try await Deployment.start(plan)
        do {
            try await scenario(deployment)
        } catch {
            await deployment.stop()
            throw error
        }
        await deployment.stop()
    }
}

extension Trait where Self == Stage {
    static func stage(
        networks: [Plan.Network] = [], phones: Bool = false, home: Plan.Home = .prosody
    ) -> Stage {
        var plan = Plan(networks: networks, hasPhones: phones)
        plan.home = home
        return Stage(plan: plan)
    }

    /// A stage with InspIRCd and account services.
    static func stage(services: Plan.Services) -> Stage {
        var plan = Plan(networks: [.inspircd])
        plan.services = services
        return Stage(plan: plan)
    }
}
