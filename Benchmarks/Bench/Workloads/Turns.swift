/// The four directions of `Talk` with very many users, who speak one after the other: the gateway finds the data of each
/// user cold. Each user has one message on its way.
enum Turns {
    static let name = "turns"

    static func run(_ gateway: Gateway, _ bench: Bench) throws {
        var bench = bench
        let users = bench.settings.turnUsers
        bench.settings.cast.users = users
        bench.settings.cast.channels = max(1, users / 10)
        bench.settings.window = 1
        try bench.stage(gateway, optionsFor: users) { stage in
            try bench.settings.cast.join(stage)
            try stage.settle(seconds: 1)
            for talk in Talk.allCases { try talk.run(stage, bench) }
        }
    }
}
