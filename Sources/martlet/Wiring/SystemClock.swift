import Foundation
import GatewayKit

/// The one place that asks the system for the time.
enum SystemClock {
    static func now() -> Timestamp { Timestamp(secondsSince1970: Date().timeIntervalSince1970) }
}
