import java.io.FileOutputStream;
import org.apache.jena.graph.Graph;
import org.apache.jena.riot.RDFDataMgr;
import org.apache.jena.riot.RDFFormat;
import org.apache.jena.shacl.ShaclValidator;
import org.apache.jena.shacl.Shapes;
import org.apache.jena.shacl.ValidationReport;
import org.apache.jena.sparql.graph.GraphFactory;

class Jena {
    public static void main(String[] arguments) throws Exception {
        long begun = System.nanoTime();
        Graph data = GraphFactory.createDefaultGraph();
        for (int number = 2; number < arguments.length; number++) RDFDataMgr.read(data, arguments[number]);
        long loaded = System.nanoTime();
        Shapes shapes = Shapes.parse(RDFDataMgr.loadGraph(arguments[0]));
        ValidationReport report = ShaclValidator.get().validate(shapes, data);
        long checked = System.nanoTime();
        System.out.println("phase load " + (loaded - begun) / 1e9);
        System.out.println("phase check " + (checked - loaded) / 1e9);
        try (FileOutputStream out = new FileOutputStream(arguments[1])) {
            RDFDataMgr.write(out, report.getGraph(), RDFFormat.NTRIPLES);
        }
    }
}
