
from tests.integration.test_import_tdb import *
import time as clock
def test_p(city):
    text=decode(SAMPLE.read_bytes())
    from sqlalchemy import event
    n=[0]
    event.listen(city.office.engine,'before_cursor_execute',lambda *a:n.__setitem__(0,n[0]+1))
    import gc; gc.disable()
    a,b=clock.perf_counter(),clock.process_time()
    import_file(city.office,text,city.now)
    print('TIME',clock.perf_counter()-a,clock.process_time()-b,n[0]/1882)
    import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss/1024)
    a=clock.perf_counter()
    import_file(city.office,text,city.now)
    print('AGAIN',clock.perf_counter()-a)
