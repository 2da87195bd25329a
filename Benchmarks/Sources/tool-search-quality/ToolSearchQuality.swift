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
        for line in QualityTable(data).lines { print(line) }
        print("")
        for line in SpeedRun(data).lines { print(line) }
    }
}
