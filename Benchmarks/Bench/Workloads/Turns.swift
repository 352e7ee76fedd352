/// The four directions of `Talk` with very many users. The users speak one after the other, so the data of each user have
/// left the caches of the processor when the next message comes. Each user has one message on its way.
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
