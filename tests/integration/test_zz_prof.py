import cProfile,pstats
from tests.integration.test_import_tdb import *
def test_p(city):
    text=decode(SAMPLE.read_bytes())
    lines=text.splitlines(True)
    import csv,io
    rows=list(csv.reader(io.StringIO(text)))[:401]
    o=io.StringIO(); csv.writer(o).writerows(rows)
    p=cProfile.Profile(); p.enable()
    import_file(city.office,o.getvalue(),city.now)
    p.disable()
    pstats.Stats(p).sort_stats('cumtime').print_stats(70)
    from sqlalchemy import event
    n=[0]
    event.listen(city.office.engine,'before_cursor_execute',lambda *a:n.__setitem__(0,n[0]+1))
    rows[1:]=[[c if i else 'x'+c for i,c in enumerate(r)] for r in rows[1:101]]
    o=io.StringIO(); csv.writer(o).writerows(rows)
    import_file(city.office,o.getvalue(),city.now); print('QUERIES/ROW',n[0]/100)
