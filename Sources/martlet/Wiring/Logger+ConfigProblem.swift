import GatewayKit
import Logging

extension Logger {
    /// Logs each problem of the configuration as one record.
    func report(_ problems: [ConfigProblem]) {
        for problem in problems {
            log(
                level: problem.severity == .error ? .error : .warning, "configuration: \(problem.text)",
                metadata: ["setting": "\(problem.key)", "place": "\(problem.place.file):\(problem.place.line)"])
        }
    }
}
