import BenchmarkKit
import ToolSearch

/// Measures what `search_tools` finds, beside simpler ways, and how long it takes.
///
///     tool-search-quality FOLDER
@main
enum ToolSearchQuality {
    static func main() {
        let words = Arguments().words
        guard words.count == 1, let folder = words.first else { Arguments.refuse("usage: tool-search-quality FOLDER") }
        let data = SearchData(folder: folder)
        // First, as the first search of a process takes longer.
        let speed = SpeedRun(data)
        for line in QualityTable(data).lines + speed.lines { print(line) }
    }
}
