import Basics
import Testing

@Suite("The calendar")
struct CivilTimeTests {
    @Test(
        "dates convert to days and back",
        arguments: [
            (0, "1970-01-01", 4), (-1, "1969-12-31", 3), (59, "1970-03-01", 0), (11_016, "2000-02-29", 2),
            (20_786, "2026-11-29", 0), (-719_528, "0000-01-01", 6), (2_932_896, "9999-12-31", 5),
        ])
    func days(days: Int, text: String, weekday: Int) {
        let date = CivilDate(daysSince1970: days)
        #expect(date.description == text)
        #expect(date.weekday == weekday)
        #expect(date.daysSince1970 == days)
        #expect(CivilDate(year: date.year, month: date.month, day: date.day) == date)
    }

    @Test(
        "days outside the years 0000 to 9999 become the nearest within",
        arguments: [(Int.min, "0000-01-01"), (.max, "9999-12-31")])
    func bounds(days: Int, text: String) {
        #expect(CivilDate(daysSince1970: days).description == text)
        #expect(CivilTime(secondsSince1970: days).date.description == text)
    }

    @Test(
        "a day that does not exist gives nil",
        arguments: [
            (2026, 2, 29), (1900, 2, 29), (2026, 4, 31), (2026, 0, 1), (2026, 13, 1), (2026, 1, 0), (2026, 1, 32),
            (-1, 1, 1), (10_000, 1, 1),
        ])
    func noSuchDay(year: Int, month: Int, day: Int) { #expect(CivilDate(year: year, month: month, day: day) == nil) }

    @Test(
        "times convert to seconds and back",
        arguments: [
            (0, "00:00:00"), (-1, "23:59:59"), (86_399, "23:59:59"), (86_400, "00:00:00"), (1_795_246_740, "07:39:00"),
        ])
    func times(seconds: Int, text: String) {
        let time = CivilTime(secondsSince1970: seconds)
        #expect(time.timeOfDay == text)
        #expect(time.secondsSince1970 == seconds)
    }

    @Test(
        "a time of day that does not exist gives nil; a leap second counts as the second after it",
        arguments: [(24, 0, 0), (-1, 0, 0), (0, 60, 0), (0, -1, 0), (0, 0, 61), (0, 0, -1)])
    func noSuchTime(hour: Int, minute: Int, second: Int) {
        let date = CivilDate(daysSince1970: 0)
        #expect(CivilTime(date, hour: hour, minute: minute, second: second) == nil)
        #expect(CivilTime(date, hour: 23, minute: 59, second: 60)?.secondsSince1970 == 86_400)
    }
}
